// What docs/operations.md promises of processes, line by line, with the real binary, real Ruby and /proc.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;
using std::chrono::seconds;

namespace {

const std::string kHandlers = R"RUBY(
class Environment
  def process(_task, _sequence, _step) = ENV.to_h
end

class Kinship
  def process(_task, _sequence, _step)
    { pid: Process.pid, session: Process.getsid, group: Process.getpgrp, parent: Process.ppid,
      files: Process.getrlimit(:NOFILE).first }
  end
end

class Reads
  def process(_task, _sequence, _step)
    [$stdin.read, STDIN.read, `cat`, IO.popen("cat 0<&0", &:read), File.read("/dev/stdin")]
  end
end

class Waits
  def process(_task, _sequence, _step)
    sleep 0.01 until File.exist?(ENV.fetch("GO"))
    "waited"
  end
end

class Sleeps
  def process(_task, _sequence, _step) = sleep
end

class ForksAndFallsThrough
  def process(_task, _sequence, _step)
    fork
    Process.pid
  end
end

class Ends
  def process(_task, _sequence, _step) = exit!(3)
end

class Swallows
  def process(_task, _sequence, _step)
    sleep
  rescue Exception
    "it lives on"
  end
end

class Grows
  def process(_task, _sequence, _step)
    @kept = "x" * 300_000_000
    sleep
  end
end

# Starts what tries to outlive it in every way, notes who that is, and does what it is told then.
class Leaves
  WAYS = [
    -> { spawn("sleep 1000") },
    -> { spawn("sleep 1000", pgroup: true) },
    -> { spawn("setsid sleep 1000", out: File::NULL, err: File::NULL) },
    -> { fork { Process.setsid; sleep } },
    -> { spawn("trap '' TERM HUP INT; while :; do sleep 1; done") },
    -> { spawn({ "TASKER_WORKER" => nil }, "sleep 1000") }
  ].freeze

  def process(task, _sequence, _step)
    pids = WAYS.map(&:call)
    pids.each { |pid| Process.detach(pid) }
    File.write(ENV.fetch("PIDS"), pids.join("\n"))
    sleep if task.context["then"] == "sleep"
    exit!(1)
  end
end
)RUBY";

/// A folder with the handlers and a template of one step.
class Place {
 public:
  explicit Place(const std::string& handler, const std::string& more = "") : folder_("hygiene") {
    folder_.write("handlers/h.rb", kHandlers);
    file_ = folder_.write("t.yaml", "name: t\nsteps:\n  - {name: a, handler: {callable: " + handler +
                                        "}, retry: {max_attempts: 1}}\n" + more);
  }
  std::vector<std::string> command(const std::vector<std::string>& flags = {}) const {
    std::vector<std::string> words = {"run", file_, "-w", "1"};
    words.insert(words.end(), flags.begin(), flags.end());
    return words;
  }
  std::string path(const std::string& name) const { return folder_.path(name); }
  const WorkFolder& folder() const { return folder_; }

 private:
  WorkFolder folder_;
  std::string file_;
};

EngineOptions with_env(std::vector<std::pair<std::string, std::string>> env) {
  EngineOptions options;
  options.env = std::move(env);
  return options;
}

json step_of(const std::string& result) { return json::parse(result)["steps"][0]; }

/// Runs one step to its end; its entry in the result object.
json run_step(const Place& place, std::vector<std::string> flags, EngineOptions options = {}) {
  flags.insert(flags.end(), {"-o", "json"});
  return step_of(run_tasker(place.command(flags), std::move(options)).out);
}

std::vector<int> numbers_in(const std::string& file) {
  std::ifstream stream(file);
  return {std::istream_iterator<int>(stream), {}};
}

std::vector<json> events_named(const std::string& lines, const std::string& name) {
  std::vector<json> found;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    auto event = json::parse(line, nullptr, false);
    if (event.is_object() && event["event"] == name) found.push_back(std::move(event));
  }
  return found;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// What a shell says.
std::string shell(const std::string& script) {
  std::string out;
  FILE* pipe = ::popen(("bash -c '" + script + "'").c_str(), "r");
  char buffer[4096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof(buffer), pipe)) out.append(buffer, count);
  ::pclose(pipe);
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("hygiene");

TEST_CASE("a worker sees the shell's environment and the template's, and none of the engine's secrets") {
  const Place place("Environment", "env: {FROM_TEMPLATE: yes, PLAIN: template}\n");
  const auto seen = run_step(place, {},
                             with_env({{"TASKER_API_TOKEN", "s"},
                                       {"TASKER_STORE", "memory:"},
                                       {"PLAIN", "shell"},
                                       {"OTHER", "shell"},
                                       {"TASKER_WORKER", "an outer engine's"}}))["results"];
  CHECK(!seen.contains("TASKER_API_TOKEN"));
  CHECK(!seen.contains("TASKER_STORE"));
  CHECK(seen["PLAIN"] == "template");
  CHECK(seen["OTHER"] == "shell");
  CHECK(seen["FROM_TEMPLATE"] == "yes");
  CHECK(seen["TASKER_WORKER"] != "an outer engine's");
}

TEST_CASE("--clean-env leaves what Ruby needs, --pass-env adds by name and by prefix") {
  const Place place("Environment");
  const auto seen = run_step(place, {"--clean-env", "--pass-env", "ONE", "--pass-env", "MANY_*"},
                             with_env({{"ONE", "1"}, {"MANY_A", "2"}, {"OTHER", "3"}, {"RUBYOPT", "-W0"}}))["results"];
  CHECK(seen["ONE"] == "1");
  CHECK(seen["MANY_A"] == "2");
  CHECK(seen["RUBYOPT"] == "-W0");
  CHECK(seen.contains("PATH"));
  CHECK(!seen.contains("OTHER"));
  CHECK(!seen.contains("TASKER_OUTPUT"));
}

TEST_CASE("a worker leads a session and a group of its own, below the engine, with the shell's limit of files") {
  const Place place("Kinship");
  EngineProcess engine(place.command({"-o", "json"}));
  REQUIRE(engine.wait() == 0);
  const auto kin = step_of(engine.out())["results"];
  CHECK(kin["session"] == kin["pid"]);
  CHECK(kin["group"] == kin["pid"]);
  CHECK(kin["parent"] == engine.pid());
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  CHECK(kin["files"] == files.rlim_cur);
  CHECK(run_step(place, {"--max-files", "321"})["results"]["files"] == 321);
}

TEST_CASE("nothing a handler or its children read comes from the engine's stdin or from the wire") {
  EngineOptions options;
  options.input = "the user's own input\n";
  CHECK(run_step(Place("Reads"), {}, std::move(options))["results"] == json({"", "", "", "", ""}));
}

TEST_CASE("twenty workers hold no pipe of another one, and nothing that the engine was started with") {
  std::string steps = "name: t\nsteps:\n";
  for (int i = 0; i < 20; ++i) steps += "  - {name: s" + std::to_string(i) + ", handler: {callable: Sleeps}}\n";
  const Place place("Sleeps");
  const std::string file = place.folder().write("many.yaml", steps);
  int inherited[2];
  REQUIRE(::pipe(inherited) == 0);  // without close-on-exec, as a careless shell leaves them
  EngineProcess engine({"run", file, "-w", "20", "-o", "jsonl"});
  std::map<std::string, std::set<int>> holders;
  for (int i = 0; i < 20; ++i) {
    const int worker = engine.wait_for_worker_of("s" + std::to_string(i));
    for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(worker) + "/fd")) {
      std::error_code gone;
      const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
      if (target.starts_with("pipe:") || target.starts_with("socket:")) holders[target].insert(worker);
    }
  }
  for (const auto& [pipe, workers] : holders) {
    CAPTURE(pipe);
    CHECK(workers.size() == 1);
  }
  CHECK(holders.size() >= 20 * 3);
  for (const int fd : inherited) {
    CHECK(holders.count(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).string()) == 0);
    ::close(fd);
  }
}

TEST_CASE("a handler that forks and falls through answers once, and its copy is gone with it") {
  const auto step = run_step(Place("ForksAndFallsThrough"), {});
  CHECK(step["state"] == "complete");
  CHECK(step["results"] == step["worker_pid"]);
}

TEST_CASE(
    "a signal from outside ends the worker by that signal, told with who to blame; no handler makes it an error") {
  for (const auto& [number, name] : {std::pair(SIGTERM, "SIGTERM"), std::pair(SIGHUP, "SIGHUP"),
                                     std::pair(SIGINT, "SIGINT"), std::pair(SIGKILL, "SIGKILL")}) {
    CAPTURE(name);
    const Place place("Swallows");
    EngineProcess engine(place.command({"-o", "jsonl"}));
    const int worker = engine.wait_for_worker_of("a");
    ::kill(worker, number);
    CHECK(engine.wait() == 1);
    const auto error = step_of(events_named(engine.out(), "task.result").at(0).dump())["error"];
    CHECK(error["kind"] == "worker_lost");
    CHECK(error["worker"]["signal"] == name);
    CHECK(has(error["worker"]["advice"], "outside the engine sent"));
    const auto exited = events_named(engine.out(), "worker.exited").at(0);
    CHECK(exited["worker_end"]["signal"] == name);
    CHECK(has(exited["worker_end"]["advice"], "outside the engine sent"));
  }
}

TEST_CASE("exit! in a step is told by its code, with what it means, in text and as data") {
  const Place place("Ends");
  const Finished text = run_tasker(place.command());
  CHECK(text.exit_code == 1);
  CHECK(has(text.out, "ended with exit 3 in the middle of the step"));
  CHECK(has(text.out, "what to do: exit! or exec was called"));
  CHECK(run_step(place, {})["error"]["worker"]["exit"] == 3);
}

TEST_CASE("a worker over --max-memory is killed and told as out of memory, with what it had and what to do") {
  const auto step = run_step(Place("Grows"), {"--max-memory", "120M"});
  CHECK(step["state"] == "error");
  CHECK(step["error"]["kind"] == "out_of_memory");
  CHECK(has(step["error"]["message"], "--max-memory is 120 MiB"));
  CHECK(step["error"]["worker"]["memory_kb"] > 120 * 1024);
  CHECK(has(step["error"]["worker"]["advice"], "raise --max-memory"));
}

TEST_CASE("whatever a step has started is gone when its worker is, before the run goes on") {
  const Place place("Leaves");
  const auto step = run_step(place, {}, with_env({{"PIDS", place.path("pids")}}));
  CHECK(step["state"] == "error");
  const auto pids = numbers_in(place.path("pids"));
  REQUIRE(pids.size() == 6);
  for (const int pid : pids) CHECK(ends_within(pid, seconds(0)));
}

TEST_CASE("whatever a step has started is gone soon after kill -9 of the engine") {
  const Place place("Leaves");
  EngineProcess engine(place.command({"-o", "jsonl", "-i", "{\"then\": \"sleep\"}"}),
                       with_env({{"PIDS", place.path("pids")}}));
  const int worker = engine.wait_for_worker_of("a");
  engine.wait_until([&] { return numbers_in(place.path("pids")).size() == 6; }, "nothing was started");
  engine.signal(SIGKILL);
  engine.wait();
  for (const int pid : numbers_in(place.path("pids"))) CHECK(ends_within(pid, seconds(10)));
  CHECK(ends_within(worker, seconds(10)));
}

TEST_CASE("a killing Ctrl-C takes what the steps have started with it") {
  const Place place("Leaves");
  EngineProcess engine(place.command({"-o", "jsonl", "-i", "{\"then\": \"sleep\"}", "--drain-grace", "1ms"}),
                       with_env({{"PIDS", place.path("pids")}}));
  engine.wait_for_worker_of("a");
  engine.wait_until([&] { return numbers_in(place.path("pids")).size() == 6; }, "nothing was started");
  engine.signal(SIGINT);
  CHECK(engine.wait() == 130);
  for (const int pid : numbers_in(place.path("pids"))) CHECK(ends_within(pid, seconds(0)));
}

TEST_CASE("a terminal's Ctrl-C, twice at once, drains: it reaches no worker and does not count twice") {
  const Place place("Waits");
  EngineOptions options = with_env({{"GO", place.path("go")}});
  options.group = true;
  EngineProcess engine(place.command({"-o", "jsonl"}), std::move(options));
  const int worker = engine.wait_for_worker_of("a");
  ::kill(-engine.pid(), SIGINT);
  ::kill(-engine.pid(), SIGINT);
  CHECK(!ends_within(worker, std::chrono::milliseconds(300)));
  place.folder().write("go", "");
  CHECK(engine.wait() == 0);  // the task had ended
  CHECK(step_of(events_named(engine.out(), "task.result").at(0).dump())["results"] == "waited");
}

TEST_CASE("SIGUSR1 prints the workers on stderr, and the run goes on") {
  const Place place("Waits");
  EngineProcess engine(place.command({"-o", "jsonl"}), with_env({{"GO", place.path("go")}}));
  const int worker = engine.wait_for_worker_of("a");
  engine.signal(SIGUSR1);
  engine.wait_until([&] { return has(engine.err(), "LAST END"); }, "no table");
  place.folder().write("go", "");
  CHECK(engine.wait() == 0);
  CHECK(has(engine.err(), "workers: 1 alive of 1"));
  CHECK(has(engine.err(), std::to_string(worker) + "  busy"));
  CHECK(has(engine.err(), " MiB"));
}

TEST_CASE("a reader of stdout that goes away ends the run quietly with 141, and O_NONBLOCK is never left on it") {
  const Place place("Environment");
  const std::string run = tasker_binary() + " run " + place.path("t.yaml") + " -o jsonl";
  CHECK(shell("(" + run + "; echo code=$? >&3) 3>&1 1> >(exec 0<&-) 2>&1") == "code=141\n");
  const std::string flags = shell("(" + run + " >&2; grep flags /proc/self/fdinfo/2) 2> >(cat >/dev/null)");
  REQUIRE(flags.starts_with("flags:"));
  CHECK((std::stol(flags.substr(6), nullptr, 8) & O_NONBLOCK) == 0);
}

TEST_CASE("a boot past its deadline names the file it was in, the place, and the time of each file") {
  const Place place("Sleeps");
  place.folder().write("handlers/a_quick.rb", "class Quick; end\n");
  place.folder().write("handlers/z_slow.rb", "# waits for a database\nsleep\n");
  const Finished run = run_tasker(place.command({"--boot-timeout", "700ms", "-o", "json"}));
  CHECK(run.exit_code == 9);
  const auto error = json::parse(run.out)["error"];
  CHECK(has(error["message"], "was not ready within 700 ms"));
  CHECK(has(error["message"], "z_slow.rb:2"));
  CHECK(error["boot"]["line"] == 2);
  REQUIRE(error["boot"]["files"].size() == 3);
  CHECK(has(error["boot"]["files"][2]["file"], "z_slow.rb"));
  CHECK(error["boot"]["files"][2]["ms"] > 100);
}

TEST_CASE("a boot that crashes is told by its signal, with Ruby's own words and what to do") {
  const Place place("Sleeps");
  place.folder().write("handlers/crash.rb", "$stderr.puts 'about to crash'\nProcess.kill(:KILL, Process.pid)\nsleep\n");
  const Finished run = run_tasker(place.command());
  CHECK(run.exit_code == 9);
  CHECK(has(run.err, "killed by SIGKILL"));
  CHECK(has(run.err, "about to crash"));
  CHECK(has(run.err, "outside the engine sent SIGKILL"));
}

TEST_SUITE_END();
