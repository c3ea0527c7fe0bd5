// Faults 38, 48 and 49: the engine is ended, or those who talk to it are slow.
#include <csignal>

#include "faults/fault_run.hpp"

using namespace tasker::test;
using nlohmann::json;

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 38: Ctrl-C lets what runs finish and starts nothing new") {
  FaultRun run("f38");
  run.start({.steps = kGate + "  - {name: after, handler: {callable: Fine}, dependencies: [gate]}\n"});
  run.wait_inside("gate");
  run.engine().signal(SIGINT);
  CHECK(!ends_within(run.engine().pid(), std::chrono::milliseconds(300)));
  run.open_gate();
  run.finish(130);
  CHECK(run.outcomes("gate") == "complete");
  CHECK(run.step("after").at("state") == "pending");
  CHECK(run.journal("begin").size() == 1);
}

TEST_CASE("fault 38: a second Ctrl-C kills what runs, and gives its attempt back") {
  FaultRun run("f38");
  run.start({.steps = kGate});
  run.wait_inside("gate");
  run.engine().signal(SIGINT);
  CHECK(!ends_within(run.engine().pid(), std::chrono::milliseconds(300)));  // two within 200 ms count as one
  run.engine().signal(SIGINT);
  run.finish(130);
  CHECK(run.outcomes("gate") == "interrupted");
  CHECK(run.step("gate").at("attempts") == 0);
}

TEST_CASE("fault 38: with at_most_once a second Ctrl-C leaves the step to a person") {
  FaultRun run("f38");
  run.start({.steps = "  - {name: gate, handler: {callable: Gate}, at_most_once: true}\n"});
  run.wait_inside("gate");
  run.engine().signal(SIGINT);
  CHECK(!ends_within(run.engine().pid(), std::chrono::milliseconds(300)));
  run.engine().signal(SIGINT);
  run.engine().wait();
  run.finish(7);
  CHECK(run.outcomes("gate") == "maybe_executed");
}

TEST_CASE("fault 48: deadlines go on while nobody reads the engine's stdout, and no result is lost") {
  FaultRun run("f48");
  run.recovers_from(std::chrono::milliseconds(2'000));
  run.start({.steps = fault_step("TalksALot", ", timeout_seconds: 2"),
             .handlers = {"talks_a_lot"},
             .arguments = {"-w", "1"}});
  run.wait_inside_unread("fault");
  run.wait_inside_unread("fault-end");  // the cancel at its deadline
  run.wait_inside_unread("fault-end");  // the second attempt
  run.finish(0);
  CHECK(run.outcomes("fault") == "timeout complete");
}

TEST_CASE("fault 49: a task's timeout takes back what is queued, without an attempt, and cancels what runs") {
  FaultRun run("f49");
  run.start({.steps = "  - {name: runs, handler: {callable: WaitsOnce}}\n"
                      "  - {name: queued, handler: {callable: Fine}}\n",
             .handlers = {"waits_once"},
             .arguments = {"-w", "1", "--timeout", "700ms"}});
  run.finish(5);
  CHECK(run.outcomes("runs") == "cancelled");
  CHECK(run.step("queued").at("state") == "cancelled");
  CHECK(run.step("queued").at("attempts") == 0);
  CHECK(run.step("queued").at("history").empty());
  CHECK(run.journal("begin").size() == 1);
}

TEST_CASE("fault 49: a cancel behind a request of a megabyte reaches the handler, and the worker lives") {
  FaultRun run("f49");
  run.recovers_from(std::chrono::milliseconds(500));
  run.start({.steps = fault_step("TakesItsInput", ", timeout_seconds: 0.5"),
             .handlers = {"takes_its_input"},
             .arguments = {"-w", "1"},
             .input = "{\"blob\":\"" + std::string(1'000'000, 'b') + "\"}"});
  run.finish(0);
  CHECK(run.outcomes("fault") == "timeout complete");
  CHECK(run.events("worker.started").size() == 1);
}

TEST_SUITE_END();
