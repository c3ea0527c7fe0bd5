// How a task's context gets to workers that die, are replaced, are cancelled or forget it: the real binary and real
// Ruby. A handler file listens in on the runner and writes down how each step's context came.
#include <csignal>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

constexpr const char* kListener = R"(
module Listener
  def self.note(*words)
    File.open(File.join(__dir__, "../wire"), "a") { |file| file.syswrite("#{Process.pid} #{words.join(" ")}\n") }
  end

  def put_context(message)
    Listener.note("put", message.params["ref"])
    super
  end

  def process_step(message)
    forget if File.exist?(File.join(__dir__, "../forget"))
    ref = message.params["task"]["context_ref"]
    Listener.note(name_of(message), ref || "whole")
    super
  end

  def name_of(message)
    ref = message.params["definition_ref"]
    (ref ? @steps.definitions.fetch(ref).complete(message.params) : message.params)["step"]["name"]
  end

  def forget
    File.delete(File.join(__dir__, "../forget"))
    @steps.contexts.clear
  end
end
TaskerCore::Runner::Server.prepend(Listener)

# Returns how long the text of its context is, and spoils it for whoever would get the same object.
class Reads
  def process(task, sequence, step)
    misbehave(step.name) if step.attempts.zero?
    task.context["text"] << "spoiled"
    { "size" => task.context["text"].size - 7, "pid" => Process.pid }
  end

  def misbehave(name)
    dies = name.start_with?("dies")
    File.write(mark(name), "")
    Process.kill(:KILL, Process.pid) if dies
    sleep if name.start_with?("hangs")
    sleep 0.005 until File.exist?(mark("go")) || !name.start_with?("waits")
    sleep 0.005 until %w[left right].all? { |side| File.exist?(mark(side)) } || !%w[left right].include?(name)
  end

  def mark(name)
    File.join(__dir__, "../mark-#{name}")
  end
end
)";

/// What one step was told of its context, and by which process: "put 1" stands for the notification.
struct Heard {
  int pid = 0;
  std::string what;  ///< "put", or the step's name
  std::string how;   ///< the reference, or "whole"
};

/// A workflow whose steps stand in a line unless they say else, with a context of 10,000 bytes.
class Big {
 public:
  Big(const std::string& name, const std::string& steps) : folder_("context_cache_" + name) {
    folder_.write("handlers/reads.rb", kListener);
    folder_.write("big.yaml", "name: big\nsteps:\n" + steps);
    folder_.write("input.json", json{{"text", std::string(10'000, 'x')}}.dump());
  }

  EngineProcess start(std::vector<std::string> more, const std::string& command = "run") const {
    std::vector<std::string> arguments{"task", "resume", "--all", "-o", "jsonl"};
    if (command == "run") {
      arguments = {"run", folder_.path("big.yaml"), "-o", "jsonl", "-i", "@" + folder_.path("input.json")};
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    EngineOptions options;
    options.directory = folder_.path();
    options.env = {{"TASKER_STORE", "sqlite:" + folder_.path("tasker.db")}, {"TASKER_DURABILITY", "normal"}};
    return EngineProcess(std::move(arguments), std::move(options));
  }

  /// Waits for the end: everything is complete, and each step read its context as it was given.
  void finish(EngineProcess& engine, std::size_t steps) {
    REQUIRE(engine.wait() == 0);
    const std::string& out = engine.out();
    const json result = json::parse(out.substr(out.rfind('\n', out.size() - 2) + 1));
    REQUIRE(result["steps"].size() == steps);
    for (const json& step : result["steps"]) {
      CHECK(step["results"]["size"] == 10'000);
      steps_[step["name"]] = step;
    }
  }
  const json& step(const std::string& name) const { return steps_.at(name); }

  std::vector<Heard> heard() const {
    std::vector<Heard> all;
    std::ifstream file(folder_.path("wire"));
    for (Heard one; file >> one.pid >> one.what >> one.how;) all.push_back(one);
    return all;
  }
  std::vector<Heard> heard(const std::string& what) const {
    std::vector<Heard> some;
    for (const Heard& one : heard()) {
      if (one.what == what) some.push_back(one);
    }
    return some;
  }
  /// Each process that ran steps was told the context once, before the first of them, as number 1.
  void check_one_put_each() const {
    std::set<int> told;
    for (const Heard& one : heard()) {
      CHECK(one.how == "1");
      if (one.what == "put") {
        CHECK(told.insert(one.pid).second);
      } else {
        CHECK(told.contains(one.pid));
      }
    }
  }
  const WorkFolder& folder() const { return folder_; }

 private:
  WorkFolder folder_;
  std::map<std::string, json> steps_;
};

std::string step(const std::string& name, const std::string& after = "", const std::string& more = "") {
  return "  - {name: " + name + ", handler: {callable: Reads}, retry: {backoff: none}" +
         (after.empty() ? "" : ", dependencies: [" + after + "]") + more + "}\n";
}

}  // namespace

TEST_SUITE_BEGIN("context cache");

TEST_CASE("two workers: each is told the context once, and a step that spoils its copy spoils nobody else's") {
  Big big("two", step("left") + step("right") + step("a", "left, right") + step("b", "a") + step("c", "a"));
  EngineProcess engine = big.start({"-w", "2"});
  big.finish(engine, 5);
  big.check_one_put_each();
  CHECK(big.heard("put").size() == 2);
}

TEST_CASE("a worker that is killed takes its contexts with it: its replacement is told anew") {
  Big big("killed", step("a") + step("dies", "a") + step("b", "dies"));
  EngineProcess engine = big.start({"-w", "1"});
  big.finish(engine, 3);
  big.check_one_put_each();
  CHECK(big.heard("put").size() == 2);
  CHECK(big.step("dies")["attempts"] == 2);
}

TEST_CASE("a worker that is recycled takes its contexts with it") {
  Big big("recycled", step("a") + step("b", "a") + step("c", "b"));
  EngineProcess engine = big.start({"-w", "1", "--max-steps", "1"});
  big.finish(engine, 3);
  big.check_one_put_each();
  CHECK(big.heard("put").size() == 3);
}

TEST_CASE("a step that is cancelled leaves the context on its worker") {
  Big big("cancelled", step("hangs", "", ", timeout_seconds: 0.2") + step("a", "hangs"));
  EngineProcess engine = big.start({"-w", "1"});
  big.finish(engine, 2);
  big.check_one_put_each();
  CHECK(big.step("hangs")["history"][0]["outcome"] == "timeout");
  CHECK(big.heard("put").size() == 1);
  CHECK(big.heard("hangs").size() == 2);
}

TEST_CASE("a worker that has forgotten the context gives the step back, and gets it whole from then on") {
  Big big("forgotten", step("a") + step("waits", "a") + step("b", "waits") + step("c", "b"));
  EngineProcess engine = big.start({"-w", "1"});
  engine.wait_until([&] { return std::ifstream(big.folder().path("mark-waits")).good(); }, "waits is inside");
  big.folder().write("forget", "");
  big.folder().write("mark-go", "");
  big.finish(engine, 4);
  std::vector<std::string> b;
  for (const Heard& one : big.heard("b")) b.push_back(one.how);
  CHECK(b == std::vector<std::string>{"1", "whole"});
  CHECK(big.heard("c").at(0).how == "whole");
  CHECK(big.step("b")["attempts"] == 1);
  CHECK(big.step("b")["history"].size() == 1);
  CHECK(big.step("a")["worker_pid"] == big.step("c")["worker_pid"]);
}

TEST_CASE("an engine that takes over from a killed one knows nothing of what its workers held") {
  Big big("resumed", step("a") + step("waits", "a") + step("b", "waits"));
  EngineProcess first = big.start({"-w", "1"});
  first.wait_until([&] { return std::ifstream(big.folder().path("mark-waits")).good(); }, "waits is inside");
  first.signal(SIGKILL);
  first.wait();
  big.folder().write("mark-go", "");
  EngineProcess second = big.start({"-w", "1"}, "resume");
  big.finish(second, 3);
  big.check_one_put_each();
  CHECK(big.heard("put").size() == 2);
}

TEST_SUITE_END();
