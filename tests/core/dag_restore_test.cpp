#include <doctest/doctest.h>

#include "core/dag_executor.hpp"
#include "store/fixtures.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace std::chrono_literals;
using Predecessor = DagExecutor::Predecessor;

namespace {

/// A stored task whose steps can be set one by one.
struct Stored {
  explicit Stored(SharedTemplate shape) {
    record.task = creation(1, shape).task;
    record.state = TaskState::InProgress;
    for (StepIndex i = 0; i < shape->steps.size(); ++i) {
      WorkflowStep step;
      step.name = shape->steps[i].name;
      step.template_index = i;
      step.dependencies = shape->steps[i].dependencies;
      record.steps.push_back(step);
    }
  }
  WorkflowStep& operator[](StepIndex step) { return record.steps.at(step); }
  DagExecutor restore() const { return DagExecutor::restore(record, now); }

  TaskRecord record;
  Times now{TimePoint(1h), at_second(1000)};
};

WorkflowStep done(WorkflowStep step, StepState state = StepState::Complete) {
  step.state = state;
  step.attempts = 1;
  return step;
}

SharedTemplate diamond() {
  return TemplateBuilder().step("a").step("b", {"a"}).step("c", {"a"}).step("d", {"b", "c"}).build();
}

}  // namespace

TEST_SUITE_BEGIN("dag restore");

TEST_CASE("what was done is not done again, and what it freed is ready") {
  Stored task(diamond());
  task[0] = done(task[0]);
  task[1] = done(task[1]);
  DagExecutor executor = task.restore();
  CHECK(executor.ready(task.now.steady) == std::vector<StepIndex>{2});
  CHECK_FALSE(executor.ended());
}

TEST_CASE("after a clean end nothing may have run, so nothing is said of it") {
  Stored task(diamond());
  DagExecutor executor = task.restore();
  CHECK_FALSE(writes_anything(executor.recover(Predecessor::SignedOff, task.now)));
}

TEST_CASE("after a death whatever was ready may have run: a row in its history, and no attempt consumed") {
  Stored task(diamond());
  task[0] = done(task[0]);
  task[0].history.push_back(
      AttemptRecord{.dispatch = 41, .attempt = 1, .outcome = "complete", .report = {}, .error = {}});
  DagExecutor executor = task.restore();
  const Transition loss = executor.recover(Predecessor::Died, task.now);
  REQUIRE(loss.steps.size() == 2);
  CHECK(loss.steps[0].step == 1);
  CHECK(loss.steps[1].step == 2);
  CHECK(loss.steps[0].to == StepState::Pending);
  CHECK(loss.steps[0].attempts == 0);
  CHECK(loss.steps[0].attempt->outcome == "engine_lost");
  CHECK(loss.steps[0].attempt->dispatch == 42);
  CHECK(loss.steps[1].attempt->dispatch == 43);
  CHECK(loss.steps[0].attempt->error->message == "may have run: the engine that had sent it died");
  CHECK_FALSE(loss.task_state);
  executor.committed(loss, task.now.steady);
  CHECK(executor.ready(task.now.steady) == std::vector<StepIndex>{1, 2});
}

TEST_CASE("an at_most_once step whose start is on disk waits for a person; one that was not sent runs") {
  Stored task(TemplateBuilder().step("a").at_most_once().step("b", {"a"}).step("c").at_most_once().build());
  task[0].state = StepState::InProgress;
  DagExecutor executor = task.restore();
  const Transition loss = executor.recover(Predecessor::Died, task.now);
  REQUIRE(loss.steps.size() == 1);
  CHECK(loss.steps[0].step == 0);
  CHECK(loss.steps[0].to == StepState::Error);
  CHECK(loss.steps[0].attempts == 1);
  CHECK(loss.steps[0].error->kind == ErrorKind::MaybeExecuted);
  executor.committed(loss, task.now.steady);
  CHECK(executor.ready(task.now.steady) == std::vector<StepIndex>{2});
  executor.start(2, 9, task.now);
  const Transition end = executor.finish(2, Succeeded{}, {}, task.now, 0);
  CHECK(end.task_state == TaskState::BlockedByFailures);
}

TEST_CASE("a wait goes on where it was, and a clock that was set back holds nothing for years") {
  Stored task(TemplateBuilder().step("a").step("b").step("c").build());
  for (StepIndex step = 0; step < 3; ++step) {
    task[step].state = StepState::WaitingForRetry;
    task[step].attempts = 1;
    task[step].retry_delay = 10s;
  }
  task[0].changed_at = at_second(994);   // six seconds ago
  task[1].changed_at = at_second(900);   // over long ago
  task[2].changed_at = at_second(9000);  // in the future
  DagExecutor executor = task.restore();
  CHECK(executor.next_retry_at() == task.now.steady + 4s);
  const Transition loss = executor.recover(Predecessor::Died, task.now);
  REQUIRE(loss.steps.size() == 1);  // only the one that was due may have run
  CHECK(loss.steps[0].step == 1);
  CHECK(loss.steps[0].to == StepState::WaitingForRetry);
  executor.committed(loss, task.now.steady);
  CHECK(executor.ready(task.now.steady) == std::vector<StepIndex>{1});
  CHECK(executor.ready(task.now.steady + 4s) == std::vector<StepIndex>{0});
  CHECK(executor.ready(task.now.steady + 10s) == std::vector<StepIndex>{2});
}

TEST_CASE("a task that was being cancelled is cancelled, with what it had done") {
  Stored task(diamond());
  task[0] = done(task[0]);
  task.record.stop_requested = StopReason::Cancelled;
  DagExecutor executor = task.restore();
  CHECK(executor.ready(task.now.steady).empty());
  DagExecutor again = task.restore();
  const Transition end = again.recover(Predecessor::Died, task.now);
  CHECK(end.task_state == TaskState::Cancelled);
  again.committed(end, task.now.steady);
  CHECK(again.record().steps[0].state == StepState::Complete);
  CHECK(again.record().steps[3].state == StepState::Cancelled);
}

TEST_CASE("a failed step keeps its dependants from running, and ends the task when nothing else is left") {
  Stored task(diamond());
  task[0] = done(task[0]);
  task[1] = done(task[1], StepState::Error);
  DagExecutor executor = task.restore();
  CHECK(executor.ready(task.now.steady) == std::vector<StepIndex>{2});
  executor.start(2, 1, task.now);
  CHECK(executor.finish(2, Succeeded{}, {}, task.now, 0).task_state == TaskState::Error);
}

TEST_CASE("under stop_new a failure before the crash still keeps new steps from starting") {
  Stored task(TemplateBuilder().step("a").step("b").step("c").stop_new().build());
  task[0] = done(task[0], StepState::Error);
  task[1].state = StepState::WaitingForRetry;
  task[1].retry_delay = 1h;
  task[1].changed_at = task.now.wall;
  DagExecutor executor = task.restore();
  const Transition end = executor.recover(Predecessor::SignedOff, task.now);
  CHECK(end.task_state == TaskState::Error);
  REQUIRE(end.steps.size() == 1);
  CHECK(end.steps[0].to == StepState::Cancelled);
}

TEST_CASE("workers that died before the crash count on") {
  Stored task(TemplateBuilder().step("a").build());
  task[0].attempts = 2;
  for (DispatchId dispatch = 1; dispatch <= 2; ++dispatch) {
    task[0].history.push_back(
        AttemptRecord{.dispatch = dispatch, .attempt = 1, .outcome = "worker_lost", .report = {}, .error = {}});
  }
  DagExecutor executor = task.restore();
  executor.start(0, 3, task.now);
  const Transition third = executor.finish(0, WorkerLost{an_error(true), false}, {}, task.now, 0);
  CHECK(third.steps.at(0).error->kind == ErrorKind::WorkerKiller);
}

TEST_SUITE_END();
