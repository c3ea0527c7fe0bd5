// Faults 19, 37 and 50: the engine is killed, and another one goes on from the store.
#include <csignal>

#include "faults/fault_run.hpp"
#include "support/engine_look.hpp"

using namespace tasker::test;
using nlohmann::json;

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 19: an engine killed between an answer and its commit runs the step again, and says so") {
  FaultRun run("f19");
  run.start({.steps = fault_step("Fine"), .arguments = {"-w", "1"}, .env = {{"TASKER_FAILPOINT", "answer"}}});
  run.wait_killed();
  CHECK(run.journal("begin").size() == 1);
  run.resume();
  run.finish(0);
  CHECK(run.outcomes("fault") == "engine_lost complete");
  CHECK(run.step("fault").at("attempts") == 1);
  CHECK(run.journal("begin").size() == 2);
}

TEST_CASE("fault 19: an engine killed after the commit does not run the step again") {
  FaultRun run("f19");
  run.start({.steps = fault_step("Fine") + "  - {name: next, handler: {callable: Gate}, dependencies: [fault]}\n",
             .arguments = {"-w", "1"}});
  run.wait_inside("next");
  run.kill_engine();
  run.resume();
  run.wait_inside("next");
  run.open_gate("next");
  run.tell({"complete", "1", "gone", 0, std::nullopt});  // with its engine
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.outcomes("next") == "engine_lost complete");
}

TEST_CASE("fault 19: with at_most_once a step that was in an engine's hands when it was killed waits for a person") {
  FaultRun run("f19");
  run.start({.steps = fault_step("Fine", ", at_most_once: true"),
             .arguments = {"-w", "1"},
             .env = {{"TASKER_FAILPOINT", "answer"}}});
  run.wait_killed();
  run.resume();
  run.finish(1);  // of all the tasks that were resumed
  CHECK(run.outcomes("fault") == "maybe_executed");
  CHECK(run.journal("begin").size() == 1);
}

TEST_CASE("fault 37: after kill -9 of the engine no Ruby is left, and the store resumes with what was committed") {
  FaultRun run("f37");
  run.start({.steps = fault_step("WaitsOnce") + "  - {name: done, handler: {callable: Fine}}\n" +
                      "  - {name: after, handler: {callable: Fine}, dependencies: [fault, done]}\n",
             .handlers = {"waits_once"}});
  run.wait_event("step.completed", "done");
  run.wait_inside("fault");
  run.kill_engine();
  run.check_invariants();
  run.resume();
  run.finish(0);
  CHECK(run.outcomes("done") == "complete");
  CHECK(run.outcomes("fault") == "engine_lost complete");
  CHECK(run.outcomes("after") == "complete");
}

TEST_CASE("fault 50: a handler's child that outlives the engine and its warden is ended before the step runs again") {
  FaultRun run("f50");
  run.start({.steps = fault_step("LeavesADaemon"),
             .handlers = {"leaves_a_daemon"},
             .arguments = {"-w", "1"},
             .env = {{"FAULT_WAITS", "1"}}});
  run.wait_inside("fault");
  for (const LeftProcess& process : children_of(run.engine().pid())) {
    if (process.command.find("warden") != std::string::npos) ::kill(process.pid, SIGKILL);
  }
  run.kill_engine();
  const int daemon = run.journal("child").at(0).at("child");
  CHECK(!ends_within(daemon, std::chrono::milliseconds(0)));
  run.resume();
  run.finish(0);
  CHECK(ends_within(daemon, std::chrono::milliseconds(0)));
  CHECK(run.outcomes("fault") == "engine_lost complete");
}

TEST_SUITE_END();
