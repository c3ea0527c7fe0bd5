// How workers are kept, with the real binary and real Ruby: recycling, new code, caps, what an attempt cost.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

/// A workflow of `steps` steps in a row, s1, s2, ..., of one handler; each step waits for its gate, a file.
class Gated {
 public:
  Gated(const std::string& name, int steps, const std::string& body = "\"v1\"") : folder_(name) {
    std::string text = "name: gated\nsteps:\n";
    for (int i = 1; i <= steps; ++i) {
      text += "  - {name: s" + std::to_string(i) + ", handler: {callable: Gated}";
      if (i > 1) text += ", dependencies: [s" + std::to_string(i - 1) + "]";
      text += "}\n";
    }
    folder_.write("gated.yaml", text);
    handler(body);
  }

  /// The handler file with this as the value that it returns.
  void handler(const std::string& body) const {
    folder_.write("handlers/gated.rb",
                  "class Gated\n"
                  "  def process(_task, _sequence, step)\n"
                  "    sleep 0.005 until File.exist?(File.join(__dir__, '..', step.name))\n"
                  "    " +
                      body + "\n  end\nend\n");
  }
  void open(const std::string& step) const { folder_.write(step, ""); }
  void open_all() const {
    for (int i = 1; i <= 9; ++i) open("s" + std::to_string(i));
  }
  EngineProcess start(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"run", folder_.path("gated.yaml"), "-o", "jsonl", "-w", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return EngineProcess(std::move(arguments));
  }
  std::string path(const std::string& name) const { return folder_.path(name); }

 private:
  WorkFolder folder_;
};

std::vector<json> events(const std::string& out) {
  std::vector<json> all;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
  return all;
}

std::vector<json> events(const std::string& out, const std::string& name) {
  std::vector<json> some;
  for (json& event : events(out)) {
    if (event["event"] == name) some.push_back(std::move(event));
  }
  return some;
}

json result(const EngineProcess& engine) { return events(engine.out()).back(); }

std::string event(const std::string& name) { return "\"event\":\"" + name + "\""; }

}  // namespace

TEST_SUITE_BEGIN("workers");

TEST_CASE("--watch: new code serves the next step, what runs finishes on the old one, broken code is told and waits") {
  const Gated flow("watch", 4);
  EngineProcess engine = flow.start({"--watch"});
  engine.wait_for_worker_of("s1");
  flow.handler("\"v2\"");
  engine.wait_for(event("workers.code_loaded"));
  flow.open("s1");
  engine.wait_for_worker_of("s2");
  flow.handler("= broken");
  engine.wait_for(event("workers.code_rejected"));
  flow.open("s2");
  engine.wait_for_worker_of("s3");
  flow.handler("\"mended\"");
  engine.wait_for("generation 4 is served now");
  flow.open("s3");
  flow.open("s4");
  CHECK(engine.wait() == 0);
  const json rejected = events(engine.out(), "workers.code_rejected").at(0);
  CHECK(rejected["file"] == std::filesystem::canonical(flow.path("handlers/gated.rb")).string());
  CHECK(rejected["line"] == 4);
  CHECK(rejected["serving"] == 2);
  std::vector<std::string> values;
  const json steps = result(engine)["steps"];
  for (const json& step : steps) values.push_back(step["results"]);
  CHECK(values == std::vector<std::string>{"v1", "v2", "v2", "mended"});
}

TEST_CASE("SIGHUP loads the handlers anew in a program that has no terminal") {
  const Gated flow("sighup", 2);
  EngineProcess engine = flow.start({});
  engine.wait_for_worker_of("s1");
  flow.handler("\"v2\"");
  engine.signal(SIGHUP);
  // A test that is run at a terminal has one: there SIGHUP says nothing new, and the engine loads the handlers all the
  // same.
  engine.wait_for(event("workers.code_loaded"));
  flow.open_all();
  CHECK(engine.wait() == 0);
  CHECK(result(engine)["steps"][1]["results"] == "v2");
}

TEST_CASE("kill -HUP loads the handlers anew in a program at a terminal, and closing that terminal drains it") {
  const Gated flow("hangup", 3);
  int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(master >= 0);
  REQUIRE(::grantpt(master) == 0);
  REQUIRE(::unlockpt(master) == 0);
  EngineOptions options;
  options.terminal = ::ptsname(master);
  EngineProcess engine({"run", flow.path("gated.yaml"), "-o", "jsonl", "-w", "1"}, options);
  engine.wait_for_worker_of("s1");
  flow.handler("\"v2\"");
  engine.signal(SIGHUP);
  engine.wait_for(event("workers.code_loaded"));
  flow.open("s1");
  engine.wait_for_worker_of("s2");
  ::close(master);
  // The hangup is known when a later signal is; a drain lets what runs finish, and starts nothing new.
  engine.signal(SIGUSR1);
  engine.wait_until([&] { return engine.err().find("workers: ") != std::string::npos; }, "prints its workers");
  flow.open("s2");
  flow.open("s3");
  CHECK(engine.wait() == 128 + SIGHUP);
  const json steps = result(engine)["steps"];
  CHECK(steps[1]["state"] == "complete");
  CHECK(steps[1]["results"] == "v2");
  CHECK(steps[2]["state"] == "pending");
  CHECK(events(engine.out(), "workers.code_loaded").size() == 1);
}

TEST_CASE("a hangup means nothing to an engine that was started with nohup") {
  const Gated flow("nohup", 1);
  std::signal(SIGHUP, SIG_IGN);  // as nohup does; it is inherited
  EngineProcess engine = flow.start({});
  std::signal(SIGHUP, SIG_DFL);
  engine.wait_for_worker_of("s1");
  engine.signal(SIGHUP);
  flow.open("s1");
  CHECK(engine.wait() == 0);
  CHECK(events(engine.out(), "workers.code_loaded").empty());
}

TEST_CASE("--worker-ttl shorter than a boot: each worker serves one step, and the run goes on") {
  const Gated flow("worker_ttl", 3);
  flow.open_all();
  EngineProcess engine = flow.start({"--worker-ttl", "1ms"});
  CHECK(engine.wait() == 0);
  std::set<int> pids;
  const json steps = result(engine)["steps"];
  for (const json& step : steps) {
    pids.insert(step["worker_pid"].get<int>());
    CHECK(step["history"].size() == 1);
  }
  CHECK(pids.size() == 3);
  const auto recycled = events(engine.out(), "worker.recycled");
  REQUIRE(recycled.size() >= 2);
  for (const json& one : recycled) CHECK(one["reason"] == "worker_ttl");
}

TEST_CASE("--idle-ttl: a worker without a step goes, and the pool grows again with the next one") {
  // Two steps at once, then one alone while the other's worker has nothing to do, then two again.
  const WorkFolder folder("idle_ttl");
  const Gated flow("idle_gates", 1);
  folder.write("idle.yaml",
               "name: idle\nsteps:\n"
               "  - {name: s1, handler: {callable: Gated}}\n"
               "  - {name: s2, handler: {callable: Gated}}\n"
               "  - {name: s3, handler: {callable: Gated}, dependencies: [s1, s2]}\n"
               "  - {name: s4, handler: {callable: Gated}, dependencies: [s1, s2]}\n");
  EngineProcess engine(
      {"run", folder.path("idle.yaml"), "-H", flow.path("handlers"), "-o", "jsonl", "-w", "2", "--idle-ttl", "50ms"});
  engine.wait_for_worker_of("s1");
  engine.wait_for_worker_of("s2");
  flow.open("s1");
  engine.wait_for("\"kind\":\"recycled\"");
  flow.open("s2");
  engine.wait_for_worker_of("s3");
  engine.wait_for_worker_of("s4");
  flow.open_all();
  CHECK(engine.wait() == 0);
  const json recycled = events(engine.out(), "worker.recycled").at(0);
  CHECK(recycled["reason"] == "idle_ttl");
  CHECK(recycled["why"].get<std::string>().starts_with("has had no step for "));
  CHECK(events(engine.out(), "worker.started").size() >= 3);
}

TEST_CASE("--boot-timeout: a boot that hangs is ended and told by the file it stands in") {
  const WorkFolder folder("boot_timeout");
  folder.write("handlers/stuck.rb", "sleep\n");
  folder.write("stuck.yaml", "name: stuck\nsteps:\n  - {name: a, handler: {callable: Stuck}}\n");
  EngineProcess engine({"run", folder.path("stuck.yaml"), "-o", "jsonl", "-w", "1", "--boot-timeout", "300ms"});
  engine.wait_for(event("worker.exited"));
  engine.signal(SIGTERM);
  engine.wait();
  const json exited = events(engine.out(), "worker.exited").at(0);
  CHECK(exited["kind"] == "boot_failed");
  CHECK(exited["expected"] == false);
}

TEST_CASE("--step-timeout, --cancel-grace and --term-grace: a step that hears nothing is killed in their time") {
  const WorkFolder folder("graces");
  folder.write("handlers/deaf.rb",
               "class Deaf\n"
               "  def process(*)\n"
               "    trap('TERM', 'IGNORE')\n"
               "    begin\n"
               "      sleep\n"
               "    rescue Exception\n"
               "      retry\n"
               "    end\n"
               "  end\n"
               "end\n");
  folder.write("deaf.yaml",
               "name: deaf\nsteps:\n  - {name: deaf, handler: {callable: Deaf}, retry: {max_attempts: 1}}\n");
  const Finished run = run_tasker({"run", folder.path("deaf.yaml"), "-o", "jsonl", "--step-timeout", "200ms",
                                   "--cancel-grace", "50ms", "--term-grace", "50ms"});
  CHECK(run.exit_code == 1);
  const json exited = events(run.out, "worker.exited").at(0);
  CHECK(exited["how"] == "killed by SIGKILL");
  CHECK(exited["kind"] == "stopped");
  const json step = events(run.out).back()["steps"][0];
  CHECK(step["error"]["kind"] == "timeout");
  CHECK(step["error"]["message"].get<std::string>().starts_with("timed out after 200 ms; worker "));
}

TEST_CASE("limits that can't be had are errors of the command line, with the limit") {
  const Gated flow("limits", 1);
  const Finished files = run_tasker({"run", flow.path("gated.yaml"), "--max-files", "99999999999"});
  CHECK(files.exit_code == 2);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  CHECK(files.err.find("--max-files: 99999999999 is more than the hard limit of open files, " +
                       std::to_string(limit.rlim_max)) != std::string::npos);
  const Finished age = run_tasker({"run", flow.path("gated.yaml"), "--worker-ttl", "99999d"});
  CHECK(age.exit_code == 2);
  CHECK(age.err.find("--worker-ttl: \"99999d\" is longer than the longest duration, 3650d") != std::string::npos);
}

TEST_CASE("--max-steps 1: every step has a process of its own, and nothing is lost between them") {
  const Gated flow("max_steps", 4);
  flow.open_all();
  EngineProcess engine = flow.start({"--max-steps", "1"});
  CHECK(engine.wait() == 0);
  std::set<int> pids;
  const json steps = result(engine)["steps"];
  for (const json& step : steps) {
    pids.insert(step["worker_pid"].get<int>());
    CHECK(step["history"].size() == 1);
  }
  CHECK(pids.size() == 4);
  for (const json& gone : events(engine.out(), "worker.exited")) CHECK(gone["expected"] == true);
}

TEST_CASE("--max-rss: a worker that holds too much after a step is replaced") {
  const Gated flow("max_rss", 2, "($kept = 'x' * 80_000_000).size.tap { sleep 0.06 }");
  flow.open_all();
  EngineProcess engine = flow.start({"--max-rss", "60M"});
  CHECK(engine.wait() == 0);
  const json recycled = events(engine.out(), "worker.recycled").at(0);
  CHECK(recycled["reason"] == "max_rss");
  CHECK(recycled["why"].get<std::string>().ends_with("after its last step; the limit is 60 MB"));
}

TEST_CASE("an attempt that took its worker with it has its CPU time and memory in the history") {
  const WorkFolder folder("cost");
  folder.write("handlers/burns.rb",
               "class Burns\n"
               "  def process(_task, _sequence, step)\n"
               "    return 1 unless step.attempts.zero?\n"
               "    kept = 'x' * 250_000_000\n"
               "    started = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)\n"
               "    nil until Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - started > 0.1\n"
               "    Process.kill(:KILL, Process.pid)\n"
               "    kept\n"
               "  end\n"
               "end\n");
  folder.write("burns.yaml",
               "name: burns\nsteps:\n  - name: burns\n    handler: {callable: Burns}\n"
               "    retry: {max_attempts: 2, backoff: none}\n");
  const Finished run = run_tasker({"run", folder.path("burns.yaml"), "-o", "json"});
  CHECK(run.exit_code == 0);
  const json history = json::parse(run.out)["steps"][0]["history"];
  REQUIRE(history.size() == 2);
  CHECK(history[0]["outcome"] == "worker_lost");
  CHECK(history[0]["cpu_ms"].get<double>() >= 100);
  CHECK(history[0]["max_rss_kb"].get<int>() > 200'000);
  CHECK(history[1]["cpu_ms"].get<double>() < 100);
  CHECK(history[1]["max_rss_kb"].get<int>() < 200'000);
}

TEST_CASE("a step that is stopped at its deadline tells what each of its threads did") {
  const WorkFolder folder("threads");
  folder.write("handlers/stuck.rb",
               "class Stuck\n"
               "  def process(*)\n"
               "    Thread.new { wait_in_thread }.tap { |t| t.name = 'helper' }\n"
               "    wait_for_a_friend\n"
               "  end\n"
               "  def wait_in_thread = sleep\n"
               "  def wait_for_a_friend = sleep\n"
               "end\n");
  folder.write("stuck.yaml",
               "name: stuck\nsteps:\n  - name: stuck\n    handler: {callable: Stuck}\n    timeout_seconds: 0.3\n"
               "    retry: {max_attempts: 1}\n");
  const Finished run = run_tasker({"run", folder.path("stuck.yaml"), "-o", "json"});
  CHECK(run.exit_code == 1);
  const json error = json::parse(run.out)["steps"][0]["error"];
  CHECK(error["kind"] == "timeout");
  std::set<std::string> names;
  for (const json& thread : error["threads"]) names.insert(thread["name"]);
  CHECK(names == std::set<std::string>{"helper", "main"});
  CHECK(error["threads"].dump().find("wait_for_a_friend") != std::string::npos);
}

TEST_CASE("a handler's own cap holds over all workers") {
  const WorkFolder folder("cap");
  folder.write("handlers/capped.rb",
               "class Capped\n"
               "  def self.concurrency = 1\n"
               "  def process(_task, _sequence, _step)\n"
               "    lock = File.join(__dir__, '..', 'held')\n"
               "    File.open(lock, File::CREAT | File::EXCL).close\n"
               "    10.times { Thread.pass }\n"
               "    File.delete(lock)\n"
               "  end\n"
               "end\n");
  std::string text = "name: cap\nsteps:\n";
  for (int i = 0; i < 20; ++i) text += "  - {name: s" + std::to_string(i) + ", handler: {callable: Capped}}\n";
  folder.write("cap.yaml", text);
  const Finished run = run_tasker({"run", folder.path("cap.yaml"), "-o", "json", "-w", "4"});
  CHECK(run.exit_code == 0);
  const json steps = json::parse(run.out)["steps"];
  CHECK(steps.size() == 20);
  for (const json& step : steps) CHECK(step["attempts"] == 1);
}

TEST_SUITE_END();
