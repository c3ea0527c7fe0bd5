// Workers that are forked by a parent which has loaded everything, with the real binary and real Ruby.
#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

/// A workflow whose handler file notes each time it is loaded, and by whom; `body` is what its handler does.
class App {
 public:
  App(const std::string& name, const std::string& body, const std::string& top = "") : folder_("preload_" + name) {
    code(body, top);
    steps("  - {name: s, handler: {callable: Work}, retry: {max_attempts: 2, backoff: none}}\n");
  }

  void code(const std::string& body, const std::string& top = "") const {
    folder_.write("handlers/work.rb",
                  "NOTES = File.join(__dir__, '..', 'notes')\n"
                  "def note(text) = File.write(NOTES, \"#{text} #{Process.pid}\\n\", mode: 'a')\n"
                  "note('load')\n" +
                      top + "\nclass Work\n  def process(task, sequence, step)\n    " + body + "\n  end\nend\n");
  }
  void steps(const std::string& text) const { folder_.write("w.yaml", "name: w\nsteps:\n" + text); }
  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all{
        "run", folder_.path("w.yaml"), "-o", "jsonl", "-w", "1", "--store", "memory:", "--preload"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Finished run(std::vector<std::string> more = {}) const { return run_tasker(arguments(std::move(more))); }
  /// "load 12", "after 17", ...
  std::vector<std::string> notes() const {
    std::ifstream file(folder_.path("notes"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  const WorkFolder& folder() const { return folder_; }

 private:
  WorkFolder folder_;
};

std::vector<json> events(const std::string& out, const std::string& name) {
  std::vector<json> some;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    json event = json::parse(line);
    if (event["event"] == name) some.push_back(std::move(event));
  }
  return some;
}

json result(const std::string& out) { return events(out, "task.result").at(0); }

bool tells(const std::string& out, const std::string& text) { return out.find(text) != std::string::npos; }

std::string event(const std::string& name) { return "\"event\":\"" + name + "\""; }

/// Waits in its first run until somebody opens the gate.
constexpr const char* kWaits = "sleep 0.002 until File.exist?(File.join(__dir__, '..', step.name)); Process.ppid";

}  // namespace

TEST_SUITE_BEGIN("preload");

TEST_CASE("--preload: a worker that is killed is told by its signal and replaced without loading anything again") {
  const App app("killed",
                "step.attempts.zero? ? Process.kill(:KILL, Process.pid) && sleep : [Process.pid, Process.ppid]");
  EngineProcess engine(app.arguments());
  REQUIRE(engine.wait() == 0);
  const json step = result(engine.out())["steps"][0];
  CHECK(step["history"][0]["outcome"] == "worker_lost");
  CHECK(step["history"][0]["error"]["worker"]["signal"] == "SIGKILL");
  CHECK(step["results"] == json::array({step["worker_pid"], engine.pid()}));
  CHECK(app.notes().size() == 1);
  CHECK(events(engine.out(), "worker.started").size() == 2);
}

TEST_CASE("--preload: the hooks run in their order, before_fork in the parent and after_fork in the worker") {
  const App app("hooks", "note('step')",
                "TaskerCore.before_fork { note('before 1') }\nTaskerCore.after_fork { note('after 1') }\n"
                "TaskerCore.before_fork { note('before 2') }\nTaskerCore.after_fork { note('after 2') }");
  const Finished run = app.run();
  REQUIRE(run.exit_code == 0);
  const std::string parent = std::to_string(events(run.out, "worker.starting").at(0)["pid"].get<int>());
  const std::string worker = std::to_string(events(run.out, "worker.started").at(0)["pid"].get<int>());
  CHECK(app.notes() == std::vector<std::string>{"load " + parent, "before 1 " + parent, "before 2 " + parent,
                                                "after 1 " + worker, "after 2 " + worker, "step " + worker});
}

TEST_CASE("without --preload nothing is forked, and no hook runs") {
  const App app("no_hooks", "1", "TaskerCore.before_fork { note('before') }\nTaskerCore.after_fork { note('after') }");
  std::vector<std::string> arguments = app.arguments();
  arguments.pop_back();
  CHECK(run_tasker(arguments).exit_code == 0);
  CHECK(app.notes().size() == 1);
}

TEST_CASE("--preload: when the parent is killed its workers go on, and the next one starts a new parent") {
  const App app("parent", kWaits);
  app.steps(
      "  - {name: s1, handler: {callable: Work}, retry: {max_attempts: 2, backoff: none}}\n"
      "  - {name: s2, handler: {callable: Work}, dependencies: [s1], retry: {max_attempts: 2, backoff: none}}\n");
  EngineProcess engine(app.arguments());
  const int worker = engine.wait_for_worker_of("s1");
  ::kill(events(engine.out(), "worker.starting").at(0)["pid"].get<int>(), SIGKILL);
  engine.wait_for("the process that forks the workers ended (killed by SIGKILL)");
  app.folder().write("s1", "");
  CHECK(engine.wait_for_worker_of("s2") == worker);
  ::kill(worker, SIGKILL);
  app.folder().write("s2", "");
  CHECK(engine.wait() == 0);
  CHECK(result(engine.out())["steps"][0]["history"].size() == 1);
  CHECK(result(engine.out())["steps"][1]["history"].size() == 2);
  CHECK(app.notes().size() == 2);
}

TEST_CASE("--preload --watch: new code gets a new parent, and the old one goes") {
  const App app("watch", kWaits);
  app.steps(
      "  - {name: s1, handler: {callable: Work}}\n  - {name: s2, handler: {callable: Work}, dependencies: [s1]}\n");
  EngineProcess engine(app.arguments({"--watch"}));
  engine.wait_for_worker_of("s1");
  const int first = events(engine.out(), "worker.starting").at(0)["pid"];
  app.code("'new'");
  engine.wait_for(event("workers.code_loaded"));
  CHECK(ends_within(first, std::chrono::seconds(5)));
  app.folder().write("s1", "");
  CHECK(engine.wait() == 0);
  CHECK(result(engine.out())["steps"][0]["results"] == engine.pid());
  CHECK(result(engine.out())["steps"][1]["results"] == "new");
}

TEST_CASE("--preload: code that does not load is told as it is without") {
  for (const char* top : {"= broken", "raise 'no database'", "exit!(3)", "require 'no_such_library'"}) {
    CAPTURE(top);
    const App app("broken", "1", top);
    std::vector<std::string> plain = app.arguments();
    plain.pop_back();
    const Finished without = run_tasker(plain);
    const Finished with = app.run();
    CHECK(with.exit_code == 9);
    CHECK(without.exit_code == 9);
    const auto told = [](const Finished& run) {
      json error = result(run.out)["error"];
      return error["message"].get<std::string>();
    };
    CHECK(told(with) == told(without));
    for (const json& gone : events(with.out, "worker.exited")) CHECK(gone["pid"].get<int>() > 0);
  }
}

TEST_CASE("--preload: a hook that raises is a boot that failed, with its place") {
  for (const std::string hook : {"before_fork", "after_fork"}) {
    CAPTURE(hook);
    const App app("raises", "1", "TaskerCore." + hook + " { raise 'no database' }");
    const Finished run = app.run();
    CHECK(run.exit_code == 9);
    CHECK(tells(run.out, "work.rb:4: RuntimeError: no database"));
  }
}

TEST_CASE(
    "--preload: a parent that is told to end while it loads says so through a worker, and the next one loads anew") {
  const App app("hangs", "1", "if File.readlines(NOTES).size == 1\n  note('hangs')\n  sleep\nend");
  EngineProcess engine(app.arguments());
  engine.wait_for(event("worker.starting"));
  while (app.notes().size() < 2) REQUIRE_FALSE(engine.ends_in(std::chrono::milliseconds(5)));
  ::kill(events(engine.out(), "worker.starting").at(0)["pid"].get<int>(), SIGTERM);  // as at the boot deadline
  CHECK(engine.wait() == 0);
  const json first = events(engine.out(), "worker.exited").at(0);
  CHECK(first["kind"] == "boot_failed");
  CHECK(first["how"] == "it could not be used");  // it has answered
  CHECK(app.notes().size() == 3);
}

TEST_CASE("--preload: what a fork can't carry over is named, once") {
  const App app("warned", "1",
                "require 'socket'\n$listener = TCPServer.new('127.0.0.1', 0)\n"
                "$open = TCPSocket.new('127.0.0.1', $listener.addr[1])\nThread.new { sleep }.name = 'poller'");
  const Finished run = app.run({"--max-steps", "1"});
  CHECK(run.exit_code == 0);
  CHECK(tells(run.out, "--preload: the thread poller at "));
  CHECK(tells(run.out, "does not exist in the workers: start it in TaskerCore.after_fork"));
  CHECK(tells(run.out, "--preload: the connection to 127.0.0.1:"));
}

TEST_CASE(
    "--preload: workers share what was loaded, and have the limits, the descriptors and the mark of a spawned one") {
  const App app("shares",
                "pages = File.read('/proc/self/smaps_rollup').scan(/^(Rss|Pss|Private_Dirty): +(\\d+)/).to_h\n"
                "    { pages: pages.transform_values(&:to_i), files: Process.getrlimit(:NOFILE).first,\n"
                "      open: Dir.children('/proc/self/fd').size, size: KEPT.size,\n"
                "      mark: File.read('/proc/self/environ')[/TASKER_WORKER=([^\\0]*)/, 1] == ENV['TASKER_WORKER'],\n"
                "      child: `echo $TASKER_WORKER`.chomp == ENV['TASKER_WORKER'],\n"
                "      leader: Process.getsid == Process.pid, named: ENV['NAMED'] }",
                "KEPT = 'x' * 60_000_000");
  app.folder().write("w.yaml", "name: w\nenv: {NAMED: yes}\nsteps:\n  - {name: s, handler: {callable: Work}}\n");
  const json with = result(app.run({"--max-files", "99"}).out)["steps"][0]["results"];
  std::vector<std::string> plain = app.arguments({"--max-files", "99"});
  std::erase(plain, "--preload");
  const json without = result(run_tasker(plain).out)["steps"][0]["results"];
  CHECK(with["pages"]["Rss"].get<int>() > 60'000);
  CHECK(with["pages"]["Private_Dirty"].get<int>() < 20'000);
  CHECK(with["pages"]["Pss"].get<int>() < with["pages"]["Rss"].get<int>() * 2 / 3);
  CHECK(without["pages"]["Private_Dirty"].get<int>() > 60'000);
  for (const char* same : {"files", "open", "size", "mark", "child", "leader", "named"}) {
    CAPTURE(same);
    CHECK(with[same] == without[same]);
  }
  CHECK(with["files"] == 99);
  CHECK(with["mark"] == true);
}

TEST_CASE("--preload: a step that hears no cancel is killed at its deadline, alone") {
  const App app("deadline", "Thread.handle_interrupt(Object => :never) { sleep 0.01 while true }");
  app.steps("  - {name: s, handler: {callable: Work}, timeout_seconds: 0.2, retry: {max_attempts: 1}}\n");
  const Finished run = app.run({"--cancel-grace", "50ms", "--term-grace", "50ms"});
  CHECK(run.exit_code == 1);
  CHECK(result(run.out)["steps"][0]["error"]["kind"] == "timeout");
  CHECK(app.notes().size() == 1);
}

TEST_CASE("--preload: what a killed worker has forked ends with it, though it has left its session") {
  const App app("daemon",
                "if step.attempts.zero?\n"
                "      ready, said = IO.pipe\n"
                "      fork { Process.setsid; note('daemon'); said.write('.'); sleep }\n"
                "      ready.read(1); Process.kill(:KILL, Process.pid); sleep\n    end");
  const Finished run = app.run();
  CHECK(run.exit_code == 0);
  const std::string last = app.notes().back();
  REQUIRE(last.starts_with("daemon "));
  CHECK(ends_within(std::stoi(last.substr(7)), std::chrono::seconds(1)));
}

TEST_CASE("--preload: what the app prints while it loads, or in a hook, is a line of the log") {
  const App app("prints", "puts 'in the step'; 1",
                "puts 'while loading'\nsystem('echo from a child')\nTaskerCore.before_fork { puts 'in the hook' }");
  const Finished run = app.run();
  CHECK(run.exit_code == 0);
  for (const char* line : {"while loading", "from a child", "in the hook"}) {
    CAPTURE(line);
    CHECK(tells(run.out, line));
  }
  CHECK(events(run.out, "step.log").at(0)["message"] == "in the step");
}

TEST_CASE("--preload goes with handler call and with the resumption of tasks") {
  const App app("others", "Process.ppid");
  const Finished call = run_tasker({"handler", "call", "Work", app.folder().path("w.yaml"), "--preload"});
  CHECK(call.exit_code == 0);
  CHECK(app.notes().size() == 1);
  CHECK(run_tasker({"task", "resume", "--help"}).out.find("--preload") != std::string::npos);
}

TEST_SUITE_END();
