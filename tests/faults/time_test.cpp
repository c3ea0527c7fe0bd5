// Faults 21 to 26: deadlines, and what should not be taken for one.
#include <csignal>

#include "faults/fault_run.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

const std::vector<std::string> kQuickKill = {"-w", "2", "--cancel-grace", "200ms", "--term-grace", "100ms"};

std::string timed_step(const std::string& handler, double seconds) {
  return fault_step(handler, ", timeout_seconds: " + std::to_string(seconds));
}

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 21: a step past its timeout is cancelled by an exception, cleans up, and its worker goes on") {
  FaultRun run("f21");
  run.recovers_from(std::chrono::milliseconds(300));
  run.start({.steps = timed_step("SleepsTooLong", 0.3), .handlers = {"sleeps_too_long"}, .arguments = {"-w", "1"}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "timeout complete");
  const json history = run.step("fault").at("history");
  CHECK(history.at(0).at("duration_ms").get<double>() >= 300);
  CHECK(has(history.at(0).at("error").at("message"), "300"));
  CHECK(history.at(0).at("worker_pid") == history.at(1).at("worker_pid"));
  CHECK(run.journal("cleaned_up").size() == 2);
}

TEST_CASE("fault 22: a step that ignores cancel and TERM is killed with all it started, and then retried") {
  FaultRun run("f22");
  run.recovers_from(std::chrono::milliseconds(300));
  run.start({.steps = timed_step("IgnoresTerm", 0.3) + kGate, .handlers = {"ignores_term"}, .arguments = kQuickKill});
  run.wait_inside("gate");
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "timeout complete");
  const json history = run.step("fault").at("history");
  CHECK(history.at(0).at("worker_pid") != history.at(1).at("worker_pid"));
  CHECK(!run.journal("resisted").empty());
}

TEST_CASE("fault 22: with at_most_once a step that had to be killed at its deadline waits for a person") {
  FaultRun run("f22");
  run.start({.steps = fault_step("IgnoresTerm", ", timeout_seconds: 0.3, at_most_once: true") + kGate,
             .handlers = {"ignores_term"},
             .arguments = kQuickKill});
  run.wait_inside("gate");
  run.wait_event("step.failed", "fault");
  run.look();
  run.open_gate();
  run.finish(7);
  CHECK(run.outcomes("fault") == "maybe_executed");
  CHECK(run.journal("begin").size() == 2);
}

TEST_CASE("fault 23: a result that comes after its timeout was decided counts, is marked late, and ends the worker") {
  FaultRun run("f23");
  run.start(
      {.steps = timed_step("AnswersLate", 0.3) + "  - {name: next, handler: {callable: Fine}, dependencies: [fault]}\n",
       .handlers = {"answers_late"},
       .arguments = {"-w", "1"}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  const json row = run.step("fault").at("history").at(0);
  CHECK(row.at("late") == true);
  CHECK(run.step("fault").at("results").at("value") == "late");
  CHECK(run.step("next").at("worker_pid") != row.at("worker_pid"));
}

TEST_CASE("fault 24: a cancel that races with the answer leaves each attempt one outcome") {
  FaultRun run("f24");
  std::string steps;
  for (int i = 0; i < 40; ++i)
    steps += "  - {name: s" + std::to_string(i) +
             ", handler: {callable: EndsAtItsDeadline}, timeout_seconds: 0.05, retry: {max_attempts: 1}}\n";
  run.start({.steps = steps, .handlers = {"ends_at_its_deadline"}, .env = {{"FAULT_DEADLINE", "0.05"}}});
  run.engine().wait();
  const bool all_in_time = run.events("step.failed").empty();
  run.tell({"complete or timeout", "1", "lives or gone", 1, std::nullopt});
  run.finish(all_in_time ? 0 : 1);
  for (const json& step : run.result().at("steps")) {
    CAPTURE(step.dump());
    CHECK(step.at("history").size() == 1);
    const std::string outcome = step.at("history").at(0).at("outcome");
    CHECK((outcome == "complete" || outcome == "timeout"));
  }
}

TEST_CASE("fault 25: a worker that is stopped is killed at its step's deadline, and nobody else waits for it") {
  FaultRun run("f25");
  std::string steps = timed_step("WaitsOnce", 0.6) + kGate;
  for (int i = 0; i < 5; ++i) steps += "  - {name: other" + std::to_string(i) + ", handler: {callable: Fine}}\n";
  auto arguments = kQuickKill;
  arguments[1] = "3";
  run.start({.steps = steps, .handlers = {"waits_once"}, .arguments = arguments});
  run.strike(run.wait_inside("fault"), SIGSTOP);
  for (int i = 0; i < 5; ++i) run.wait_event("step.completed", "other" + std::to_string(i));
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "timeout complete");
}

TEST_CASE("fault 25: an engine that was stopped past all deadlines kills nobody when it goes on") {
  FaultRun run("f25");
  run.start({.steps = "  - {name: gate, handler: {callable: Gate}, timeout_seconds: 1}\n"});
  run.wait_inside("gate");
  run.engine().signal(SIGSTOP);
  CHECK(!ends_within(run.engine().pid(), std::chrono::milliseconds(2'500)));  // the time it stands still
  run.engine().signal(SIGCONT);
  CHECK(!ends_within(run.engine().pid(), std::chrono::milliseconds(200)));
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("gate") == "complete");
  CHECK(!run.step("gate").at("history").at(0).value("late", false));
}

TEST_CASE("fault 26: a C call that holds Ruby's lock is left in peace before its deadline") {
  FaultRun run("f26");
  run.start({.steps = timed_step("HoldsTheGvl", 30) + kGate,
             .handlers = {"holds_the_gvl"},
             .env = {{"FAULT_SECONDS", "1.2"}}});
  run.wait_event("step.completed", "fault");
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
}

TEST_CASE("fault 26: a C call that holds Ruby's lock past its deadline hears no cancel, and is killed") {
  FaultRun run("f26");
  run.recovers_from(std::chrono::milliseconds(300));
  run.start({.steps = timed_step("HoldsTheGvl", 0.3) + kGate,
             .handlers = {"holds_the_gvl"},
             .arguments = kQuickKill,
             .env = {{"FAULT_SECONDS", "20"}}});
  run.wait_event("step.completed", "fault");
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "timeout complete");
}

TEST_SUITE_END();
