#include <doctest/doctest.h>

#include "core/dag_executor.hpp"
#include "core/reopen.hpp"
#include "support/dag_run.hpp"
#include "support/outcomes.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace std::chrono_literals;
using Predecessor = DagExecutor::Predecessor;

namespace {

TemplateBuilder choice() {
  return TemplateBuilder()
      .step("route")
      .type(StepType::Decision)
      .step("a", {"route"})
      .step("b", {"route"})
      .step("join", {"a", "b"})
      .type(StepType::DeferredConvergence);
}

TemplateBuilder batches(const std::string& strategy = "continue_on_failure", int parallelism = 10) {
  BatchConfig config;
  config.failure_strategy = strategy;
  config.parallelism = parallelism;
  return TemplateBuilder()
      .step("cut")
      .type(StepType::Batchable)
      .step("work", {"cut"})
      .type(StepType::BatchWorker)
      .batch(config)
      .attempts(1)
      .step("sum", {"work"})
      .type(StepType::DeferredConvergence);
}

DagRun with_workers(TemplateBuilder builder, int count) {
  DagRun run(std::move(builder));
  run.start_ready();
  run.succeed("cut", cut_into(count));
  return run;
}

/// The task as the store has it: the start of a step is not on disk unless it left a checkpoint there.
TaskRecord stored(const DagRun& run) {
  TaskRecord record = run.executor.record();
  for (WorkflowStep& step : record.steps) {
    if (step.state == StepState::InProgress && step.checkpoint.is_null()) step.state = StepState::Pending;
  }
  return record;
}

/// An engine takes the task up after the death of the one before; what it decided first is durable.
DagRun after_crash(const DagRun& before, const TaskRecord& record) {
  DagRun run(DagExecutor::restore(record, before.now), before.now);
  run.commit(run.executor.recover(Predecessor::Died, run.now));
  return run;
}
DagRun after_crash(const DagRun& before) { return after_crash(before, stored(before)); }

Names names_of(const DagRun& run) {
  Names names;
  for (const auto& step : run.executor.steps()) names.push_back(step.name);
  return names;
}

/// Runs whatever may run; the state the task ends in.
TaskState run_out(DagRun& run) {
  for (Names names = run.ready(); !names.empty(); names = run.ready()) {
    for (const auto& name : names) run.start(name);
    for (const auto& name : names) run.succeed(name);
  }
  return run.executor.state();
}

}  // namespace

TEST_SUITE_BEGIN("growth restore");

TEST_CASE("a decision is on disk and its branches have not run: they run, and no others come") {
  DagRun before(choice());
  before.start_ready();
  before.succeed("route", choose({"a", "b"}));
  const auto ids = before.executor.steps();
  DagRun run = after_crash(before);
  CHECK(names_of(run) == Names{"route", "a", "b", "join"});
  for (StepIndex i = 0; i < ids.size(); ++i) CHECK(run.executor.steps()[i].uuid == ids[i].uuid);
  CHECK(run.ready() == Names{"a", "b"});
  run.start("a");
  run.start("b");
  run.succeed("a");
  CHECK(run.ready().empty());
  run.succeed("b");
  CHECK(run_out(run) == TaskState::Complete);
}

TEST_CASE("a decision whose answer was not on disk decides again, and makes the same ids") {
  DagRun before(choice());
  before.start_ready();
  const TaskRecord at_death = stored(before);
  const Transition lost_one = before.decide("route", Succeeded{JsonText::trusted(choose({"b"})), {}, {}});
  DagRun run = after_crash(before, at_death);
  CHECK(run.ready() == Names{"route"});
  run.start("route");
  const Transition again = run.decide("route", Succeeded{JsonText::trusted(choose({"b"})), {}, {}});
  REQUIRE(again.created.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) CHECK(again.created[i].uuid == lost_one.created[i].uuid);
}

TEST_CASE("a convergence that hangs on one more decision is created by that one, with the branches of both") {
  DagRun before(TemplateBuilder()
                    .step("one")
                    .type(StepType::Decision)
                    .step("two")
                    .type(StepType::Decision)
                    .step("a", {"one"})
                    .step("b", {"two"})
                    .step("join", {"a", "b"})
                    .type(StepType::DeferredConvergence));
  before.start_ready();
  before.succeed("one", choose({"a"}));
  DagRun run = after_crash(before);
  CHECK(names_of(run) == Names{"one", "two", "a"});
  run.start_ready();
  run.succeed("two", choose({"b"}));
  CHECK(names_of(run) == Names{"one", "two", "a", "b", "join"});
  run.succeed("a");
  CHECK(run.executor.steps()[4].dependencies == std::vector<StepIndex>{2, 3});
  CHECK(run_out(run) == TaskState::Complete);
}

TEST_CASE("half of a batch is done: the other half runs, as many at once as may") {
  DagRun before = with_workers(batches("continue_on_failure", 2), 6);
  before.start_ready();
  before.succeed("work_001");
  before.succeed("work_002");
  before.start_ready();
  DagRun run = after_crash(before);
  CHECK(run.ready() == Names{"work_003", "work_004"});
  CHECK(run.ready().empty());
  run.start("work_003");
  run.start("work_004");
  run.succeed("work_004");
  CHECK(run.ready() == Names{"work_005"});
  run.start("work_005");
  run.succeed("work_003");
  run.succeed("work_005");
  CHECK(run_out(run) == TaskState::Complete);
}

TEST_CASE("a worker failed before the crash: the others go on, and what waits for all of them does not run") {
  DagRun before = with_workers(batches("continue_on_failure"), 3);
  before.start_ready();
  before.finish("work_001", Failed{an_error(false)});
  before.succeed("work_002");
  DagRun run = after_crash(before);
  CHECK(run.ready() == Names{"work_003"});
  run.start("work_003");
  run.succeed("work_003");
  CHECK(run.executor.state() == TaskState::Error);
  CHECK(run.reported("sum").state == StepState::Pending);
  CHECK(run.reported("sum").error->message == "not started: \"work_001\" failed");
}

TEST_CASE("a worker of a batch that fails fast failed before the crash: no other begins again") {
  DagRun before = with_workers(batches("fail_fast", 2), 4);
  before.start_ready();
  before.finish("work_001", Failed{an_error(false)});
  CHECK(before.state("work_003") == StepState::Cancelled);
  DagRun run = after_crash(before);  // work_002 was running
  CHECK(run.ready().empty());
  CHECK(run.executor.state() == TaskState::Error);
  CHECK(run.state("work_002") == StepState::Cancelled);
  CHECK(run.executor.steps()[run.index("work_002")].history.back().outcome == "engine_lost");
}

TEST_CASE("a worker that was set aside before the crash holds nothing up") {
  DagRun before = with_workers(batches("isolate"), 3);
  before.start_ready();
  before.finish("work_001", Failed{an_error(false)});
  before.succeed("work_002");
  DagRun run = after_crash(before);
  CHECK(run.ready() == Names{"work_003"});
  run.start("work_003");
  run.succeed("work_003");
  CHECK(run.ready() == Names{"sum"});
  run.start("sum");
  run.succeed("sum");
  CHECK(run.executor.state() == TaskState::Error);
  CHECK(run.state("sum") == StepState::Complete);
}

TEST_CASE("a worker with a checkpoint goes on from it, without an attempt, and does not pass it twice") {
  DagRun before = with_workers(batches("continue_on_failure", 1), 2);
  before.start_ready();
  before.finish("work_001", Yielded{JsonText::trusted(R"({"cursor":10})")});
  DagRun run = after_crash(before);
  CHECK(run.ready() == Names{"work_001"});  // the other stands in line behind it
  run.start("work_001");
  CHECK(run.executor.steps()[1].checkpoint.text() == R"({"cursor":10})");
  CHECK(run.executor.steps()[1].attempts == 0);
  DagRun same = run;
  same.finish("work_001", Yielded{JsonText::trusted(R"({"cursor":10})")});
  CHECK(same.state("work_001") == StepState::Error);
  run.finish("work_001", Yielded{JsonText::trusted(R"({"cursor":20})")});
  CHECK(run.ready() == Names{"work_001"});
  run.start("work_001");
  run.succeed("work_001");
  CHECK(run_out(run) == TaskState::Complete);
}

TEST_CASE("a worker that waits for its retry leaves its place to another, and comes back when its time has come") {
  DagRun before = with_workers(batches("continue_on_failure", 1).attempts_of("work", 3), 2);
  before.start_ready();
  before.finish("work_001", Failed{an_error(true)});
  TaskRecord record = stored(before);
  record.steps[1].retry_delay = 10s;
  record.steps[1].changed_at = before.now.wall - 4s;
  DagRun run = after_crash(before, record);
  CHECK(run.ready() == Names{"work_002"});
  run.start("work_002");
  CHECK(run.executor.next_retry_at() == run.now.steady + 6s);
  run.advance(6s);
  CHECK(run.ready().empty());  // its place is taken
  run.succeed("work_002");
  CHECK(run.ready() == Names{"work_001"});
  run.start("work_001");
  CHECK(run.executor.steps()[1].attempts == 1);
  run.succeed("work_001");
  CHECK(run_out(run) == TaskState::Complete);
}

TEST_CASE("a person's choice for a failed decision creates what it names, once; one that can't be read, nothing") {
  DagRun before(choice());
  before.start_ready();
  before.finish("route", Failed{an_error(false)});
  TaskRecord record = stored(before);
  record.state = TaskState::InProgress;
  record.steps[0].state = StepState::ResolvedManually;
  record.steps[0].results = JsonText::trusted(choose({"b"}));
  DagRun run = after_crash(before, record);
  CHECK(names_of(run) == Names{"route", "b", "join"});
  DagRun again = after_crash(run);
  CHECK(names_of(again) == Names{"route", "b", "join"});
  CHECK(run_out(again) == TaskState::Complete);
  for (const std::string& nothing : {choose({"b", "nobody"}), std::string("null")}) {
    record.steps[0].results = JsonText::trusted(std::string(nothing));
    DagRun none = after_crash(before, record);
    CHECK(names_of(none) == Names{"route"});
    CHECK(none.executor.state() == TaskState::Complete);
  }
}

TEST_CASE("a person's batches for a failed batchable step are worked off") {
  DagRun before(batches());
  before.start_ready();
  before.finish("cut", Failed{an_error(false)});
  before.advance(10s);
  TaskRecord record = stored(before);
  record.state = TaskState::InProgress;
  record.steps[0].state = StepState::ResolvedManually;
  record.steps[0].results = JsonText::trusted(cut_into(2));
  DagRun run = after_crash(before, record);
  CHECK(names_of(run) == Names{"cut", "work_001", "work_002", "sum"});
  CHECK(run_out(run) == TaskState::Complete);
}

TEST_CASE("what a person gives for a step that creates steps is held to its rules and limits") {
  DagRun before(batches());
  before.start_ready();
  before.finish("cut", Failed{an_error(false)});
  const TaskRecord record = stored(before);
  const auto refusal = [&](const std::string& results, const StepLimits& limits) {
    const auto decided = resolve(record, 0, JsonText::trusted(std::string(results)), limits, before.now.wall);
    const auto* why = std::get_if<CannotReopen>(&decided);
    return why ? why->message : std::string();
  };
  StepLimits two_batches;
  two_batches.batches_per_step = 2;
  CHECK(refusal(cut_into(3), two_batches).find("3 batches, but may cut 2 at most") != std::string::npos);
  CHECK(refusal(cut_into(2), two_batches).empty());
  StepLimits three_steps;
  three_steps.steps_per_task = 3;
  CHECK(refusal(cut_into(2), three_steps).find("3 at most") != std::string::npos);
  CHECK(refusal("{\"by\":\"hand\"}", {}).find("batch_processing_outcome") != std::string::npos);
}

TEST_CASE("a decision that came in while the task was being stopped creates its branches when the task goes on") {
  DagRun before(choice());
  before.start_ready();
  before.commit(before.executor.stop(StopReason::Cancelled, nullptr, before.now));
  before.succeed("route", choose({"a"}));
  CHECK(before.executor.state() == TaskState::Cancelled);
  TaskRecord record = stored(before);
  record.state = TaskState::InProgress;
  record.stop_requested = StopReason::Cancelled;
  CHECK(names_of(after_crash(before, record)) == Names{"route"});
  record.stop_requested.reset();
  DagRun run = after_crash(before, record);
  CHECK(names_of(run) == Names{"route", "a", "join"});
  CHECK(run_out(run) == TaskState::Complete);
}

TEST_CASE("one step of a batch that failed fast is run again alone: the task ends, with the rest cancelled") {
  DagRun before = with_workers(batches("fail_fast", 1), 3);
  before.start_ready();
  before.finish("work_001", Failed{an_error(false)});
  TaskRecord record = stored(before);
  record.state = TaskState::InProgress;
  record.steps[1].state = StepState::Pending;
  record.steps[1].error = nullptr;
  DagRun run = after_crash(before, record);
  CHECK(run.ready() == Names{"work_001"});
  run.start("work_001");
  run.succeed("work_001");
  CHECK(run.executor.ended());
  CHECK(run.executor.state() == TaskState::Cancelled);
}

TEST_SUITE_END();
