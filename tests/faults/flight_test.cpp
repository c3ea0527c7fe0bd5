// Faults 10, 12, 21 and 40 with a full pipe: eight requests in flight to one worker.
#include <algorithm>
#include <csignal>

#include "faults/fault_run.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

constexpr int kBehind = 7;

std::string turn(const std::string& name, const std::string& more) {
  return "  - {name: " + name + ", handler: {callable: Turns}, " + more + "}\n";
}

/// Enough quick steps to make the handler known, then `head`, which stays inside, and seven behind it.
std::string eight_in_flight(const std::string& of_head = "") {
  const std::string at_once = "dependencies: [warm0], retry: {max_attempts: 3, backoff: none}";
  std::string steps;
  std::string warm;
  for (int i = 16; i > 0; --i) {
    steps += turn("warm" + std::to_string(i), "dependencies: []");
    warm += (warm.empty() ? "" : ", ") + ("warm" + std::to_string(i));
  }
  steps += turn("warm0", "dependencies: [" + warm + "]");
  steps += turn("head", at_once + of_head);
  for (int i = 0; i < kBehind; ++i) steps += turn("behind" + std::to_string(i), at_once);
  return steps;
}

struct Flight : FaultRun {
  explicit Flight(std::vector<std::string> arguments, const std::string& of_head = "", const std::string& more = "")
      : FaultRun("flight") {
    make_gate("head");
    start({.steps = eight_in_flight(of_head) + more,
           .handlers = {"turns"},
           .subject = "head",
           .arguments = std::move(arguments)});
    worker = wait_inside("head");
  }

  /// The engine's own table tells how many stand behind the head.
  void wait_for_queue() {
    engine().signal(SIGUSR1);
    const std::string shown = "head +" + std::to_string(kBehind);
    engine().wait_until([&] { return has(engine().err(), shown); }, "no table with " + shown);
  }

  /// Each table that still shows some asks for another one.
  void wait_for_empty_queue() {
    std::size_t seen = engine().err().size();
    engine().signal(SIGUSR1);
    engine().wait_until(
        [&] {
          const std::string& err = engine().err();
          const std::size_t row = err.find("head ", seen);
          if (row == std::string::npos || err.find('\n', row) == std::string::npos) return false;
          if (err.compare(row, 6, "head +") != 0) return true;
          seen = err.size();
          engine().signal(SIGUSR1);
          return false;
        },
        "the queue does not come back");
  }

  void check_behind(const std::string& outcomes_wanted) {
    for (int i = 0; i < kBehind; ++i) {
      const std::string name = "behind" + std::to_string(i);
      CAPTURE(name);
      CHECK(outcomes(name) == outcomes_wanted);
      CHECK(step(name).at("attempts") == 1);
      CHECK(runs_of(name).size() == 1);
    }
  }

  std::vector<json> runs_of(const std::string& name) const {
    std::vector<json> runs;
    for (const json& begin : journal("begin")) {
      if (begin.at("step") == name) runs.push_back(begin);
    }
    return runs;
  }

  int worker = 0;
};

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("a death with eight in flight costs the running step an attempt, and the seven behind it nothing") {
  Flight run({"-w", "1"});
  run.wait_for_queue();
  run.strike(run.worker, SIGKILL);
  run.finish(0);
  CHECK(run.outcomes("head") == "worker_lost complete");
  run.check_behind("complete");
}

TEST_CASE("behind a step that has turned slow the others are taken back, and run on an idle worker") {
  Flight run({"-w", "2"});
  for (int i = 0; i < kBehind; ++i) run.wait_event("step.completed", "behind" + std::to_string(i));
  run.open_gate("head");
  run.finish(0);
  CHECK(run.outcomes("head") == "complete");
  CHECK(run.step("head").at("attempts") == 1);
  run.check_behind("complete");
}

TEST_CASE("a timeout of the step before them does not hurt those in flight") {
  Flight run({"-w", "1"}, ", timeout_seconds: 0.5");
  run.finish(0);
  CHECK(run.outcomes("head") == "timeout complete");
  run.check_behind("complete");
}

TEST_CASE("a step with at_most_once never travels with others, however quick its handler is") {
  const std::string once = turn("once", "dependencies: [warm0], at_most_once: true");
  Flight run({"-w", "1"}, "", once);
  run.wait_for_queue();  // seven, and not eight
  run.strike(run.worker, SIGKILL);
  run.finish(0);
  CHECK(run.outcomes("once") == "complete");
  CHECK(run.runs_of("once").size() == 1);
  run.check_behind("complete");
}

TEST_CASE("a worker that is recycled is sent no more in flight than it may run") {
  Flight run({"-w", "1", "--max-steps", "20"});
  run.open_gate("head");
  run.finish(0);
  CHECK(run.outcomes("head") == "complete");
  run.check_behind("complete");
}

TEST_CASE("a run that is stopped with eight in flight gives the seven back, and a later one runs them") {
  Flight run({"-w", "1"});
  run.wait_for_queue();
  run.engine().signal(SIGTERM);
  run.wait_for_empty_queue();
  run.open_gate("head");
  CHECK(run.wait_result() == 128 + SIGTERM);
  CHECK(run.outcomes("head") == "complete");
  CHECK(run.journal("begin").size() == 1);
  run.resume();
  run.finish(0);
  run.check_behind("complete");
}

TEST_SUITE_END();
