// Faults 9 to 20: a worker dies.
#include <csignal>

#include "faults/fault_run.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

/// The worker is gone, its step is retried elsewhere, the rest of the run never noticed.
void lost_and_retried(FaultRun& run, const Plan& plan, const std::string& evidence) {
  run.start(plan);
  run.wait_inside("gate");
  run.look();
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
  CHECK(run.outcomes("gate") == "complete");
  const json error = run.step("fault").at("history").at(0).at("error");
  CHECK(has(error.at("message"), evidence));
}

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 9: a worker killed before it read the request costs an attempt, since nobody can know") {
  FaultRun run("f09");
  run.start({.steps = fault_step("Fine"), .runner = "never_reads", .arguments = {"-w", "1"}});
  const int worker = run.wait_inside("runner");
  CHECK(run.wait_event("step.started", "fault").at("worker_pid") == worker);
  run.strike(worker, SIGKILL);
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
  CHECK(run.journal("begin").size() == 1);
}

TEST_CASE("fault 9: with at_most_once a worker that died before it read the request costs nothing") {
  FaultRun run("f09");
  run.start({.steps = fault_step("Fine", ", at_most_once: true"), .runner = "never_reads", .arguments = {"-w", "1"}});
  run.strike(run.wait_inside("runner"), SIGKILL);
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.step("fault").at("attempts") == 1);
  CHECK(run.journal("begin").size() == 1);
}

TEST_CASE("fault 10: a worker killed with steps queued behind the running one costs only the running one") {
  FaultRun run("f10");
  std::string steps = fault_step("WaitsOnce");
  for (int i = 0; i < 5; ++i) steps += "  - {name: queued" + std::to_string(i) + ", handler: {callable: Fine}}\n";
  run.start({.steps = steps, .handlers = {"waits_once"}, .arguments = {"-w", "1"}});
  const int worker = run.wait_inside("fault");
  run.strike(worker, SIGKILL);
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
  for (int i = 0; i < 5; ++i) CHECK(run.outcomes("queued" + std::to_string(i)) == "complete");
}

TEST_CASE("fault 11: a worker killed in a handler costs the attempt, which is retried, and nobody else") {
  FaultRun run("f11");
  run.start({.steps = fault_step("WaitsOnce") + kGate, .handlers = {"waits_once"}});
  run.wait_inside("gate");
  run.look();
  run.strike(run.wait_inside("fault"), SIGKILL);
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
  const json error = run.step("fault").at("history").at(0).at("error");
  CHECK(error.at("kind") == "worker_lost");
  CHECK(error.at("worker").at("signal") == "SIGKILL");
  CHECK(run.step("fault").at("results").at("attempt") == 2);
}

TEST_CASE("fault 12: a worker killed in a step with at_most_once leaves it to a person, and it never runs again") {
  FaultRun run("f12");
  run.start({.steps = fault_step("WaitsOnce", ", at_most_once: true") + kGate, .handlers = {"waits_once"}});
  run.wait_inside("gate");
  run.strike(run.wait_inside("fault"), SIGKILL);
  run.wait_event("step.failed", "fault");
  run.look();
  run.open_gate();
  run.finish(7);
  CHECK(run.outcomes("fault") == "maybe_executed");
  CHECK(run.step("fault").at("error").at("kind") == "maybe_executed");
  CHECK(run.step("gate").at("state") == "complete");
  CHECK(run.result().at("state") == "blocked_by_failures");
}

TEST_CASE("fault 13: exit!(0) in a handler is no success") {
  FaultRun run("f13");
  lost_and_retried(run, {.steps = fault_step("ExitsZero") + kGate, .handlers = {"exits_zero"}}, "exit 0");
}

TEST_CASE("fault 14: exit and SystemExit in a handler are errors of the step, and the worker lives") {
  FaultRun run("f14");
  run.start({.steps = fault_step("RaisesSystemExit"),
             .handlers = {"raises_system_exit"},

             .arguments = {"-w", "1"}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "handler_error handler_error complete");
  const json history = run.step("fault").at("history");
  CHECK(history.at(0).at("error").at("class") == "SystemExit");
  CHECK(history.at(0).at("worker_pid") == history.at(2).at("worker_pid"));
}

TEST_CASE("fault 15: a segmentation fault is told by its signal, with Ruby's last words") {
  FaultRun run("f15");
  lost_and_retried(run, {.steps = fault_step("Segfaults") + kGate, .handlers = {"segfaults"}}, "killed by SIG");
  const json worker = run.step("fault").at("history").at(0).at("error").at("worker");
  CHECK((worker.at("signal") == "SIGSEGV" || worker.at("signal") == "SIGABRT"));
  CHECK(!worker.at("last_words").get<std::string>().empty());
}

TEST_CASE("fault 16: a worker that takes more memory than it may is killed, is told as out of memory, and retried") {
  FaultRun run("f16");
  run.start({.steps = fault_step("EatsMemory") + kGate,
             .handlers = {"eats_memory"},
             .arguments = {"-w", "2", "--max-memory", "200M"}});
  run.wait_inside("gate");
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "out_of_memory complete");
  const json error = run.step("fault").at("history").at(0).at("error");
  CHECK(has(error.at("message"), "200"));
  CHECK(error.at("worker").at("memory_kb").get<int>() > 200 * 1024);
}

TEST_CASE("fault 17: half an answer is none") {
  FaultRun run("f17");
  run.start({.steps = fault_step("Fine"), .runner = "half_an_answer", .arguments = {"-w", "1"}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
}

TEST_CASE("fault 18: a full answer before the death counts") {
  FaultRun run("f18");
  run.start({.steps = fault_step("Fine"), .runner = "answers_and_dies", .arguments = {"-w", "1"}});
  run.tell({"complete", "1", "gone", 0, std::nullopt});  // or would be, had the run gone on
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.journal("begin").size() == 1);
}

TEST_CASE("fault 20: a step that kills three workers gets no fourth, and the rest of the run goes on") {
  FaultRun run("f20");
  run.start(
      {.steps = "  - {name: fault, handler: {callable: KillsItsWorker}, retry: {max_attempts: 10, backoff: none}}\n"
                "  - {name: after, handler: {callable: Fine}, dependencies: [fault]}\n" +
                kGate,
       .handlers = {"kills_its_worker"}});
  run.wait_inside("gate");
  run.wait_event("step.failed", "fault");
  run.look();
  run.open_gate();
  run.finish(1);
  CHECK(run.outcomes("fault") == "worker_lost worker_lost worker_killer");
  const json error = run.step("fault").at("error");
  CHECK(error.at("kind") == "worker_killer");
  CHECK(error.at("worker").at("signal") == "SIGKILL");
  CHECK(has(error.at("worker").at("last_words"), "here I go"));
  CHECK(run.outcomes("gate") == "complete");
  CHECK(run.step("after").at("error").at("blocked_by") == json{"fault"});
}

TEST_CASE("fault 20: an at_most_once step whose workers die before it begins gets three of them, and never ran") {
  FaultRun run("f20");
  run.start({.steps = fault_step("Fine", ", at_most_once: true"),
             .runner = "dies_before_it_begins",
             .arguments = {"-w", "1"}});
  run.finish(1);
  CHECK(run.outcomes("fault") == "worker_killer");
  CHECK(run.step("fault").at("error").at("worker").at("signal") == "SIGKILL");
  CHECK(run.events("worker.exited").size() == 3);
  CHECK(run.journal("begin").empty());
}

TEST_CASE("fault 20: an at_most_once step whose workers hang before it begins gets three of them, and never ran") {
  FaultRun run("f20");
  run.start({.steps = fault_step("Fine", ", at_most_once: true, timeout_seconds: 0.1"),
             .runner = "hangs_before_it_begins",
             .arguments = {"-w", "1", "--cancel-grace", "50ms", "--term-grace", "50ms"}});
  run.finish(1);
  CHECK(run.outcomes("fault") == "worker_killer");
  CHECK(has(run.step("fault").at("error").at("message"), "killed 3 workers; the last one: worker "));
  CHECK(has(run.step("fault").at("error").at("message"), ", which had not begun within its 100 ms"));
  CHECK(run.journal("begin").empty());
}

TEST_SUITE_END();
