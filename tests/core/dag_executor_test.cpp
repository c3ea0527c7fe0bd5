#include "core/dag_executor.hpp"

#include "support/dag_run.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace std::chrono_literals;

namespace {

TemplateBuilder diamond() {
  return TemplateBuilder().step("a").step("b", {"a"}).step("c", {"a"}).step("d", {"b", "c"});
}

}  // namespace

TEST_SUITE_BEGIN("dag executor");

TEST_CASE("nothing becomes ready before the commit of its last parent") {
  DagRun run(diamond());
  CHECK(run.ready() == Names{"a"});
  CHECK(run.ready().empty());  // handed out once
  run.start("a");
  const Transition decided = run.decide("a", Succeeded{});
  CHECK(run.ready().empty());
  CHECK(run.state("a") == StepState::InProgress);
  run.commit(decided);
  CHECK(run.state("a") == StepState::Complete);
  CHECK(run.ready() == Names{"b", "c"});
  run.start("b");
  run.start("c");
  run.succeed("c");
  CHECK(run.ready().empty());
  run.succeed("b");
  CHECK(run.ready() == Names{"d"});
}

TEST_CASE("the dispatches are those of the steps that were started and have not come back") {
  DagRun run(TemplateBuilder().step("a").step("b").step("c").step("later", {"b"}));
  CHECK(run.executor.dispatches().empty());
  run.start("c");
  run.start("a");
  run.start("b");
  CHECK(run.executor.dispatches() == std::vector<DispatchId>{2, 3, 1});  // in the order of the steps
  run.succeed("a");
  run.finish("c", NotStarted{});
  CHECK(run.executor.dispatches() == std::vector<DispatchId>{3});
  run.start("c");
  CHECK(run.executor.dispatches() == std::vector<DispatchId>{3, 4});
}

TEST_CASE("the task's end stands in the same transition as its last step") {
  DagRun run(TemplateBuilder().step("a").step("b"));
  run.start_ready();
  const Transition first = run.decide("a", Succeeded{});
  const Transition second = run.decide("b", Succeeded{});
  CHECK(!first.task_state);
  CHECK(second.task_state == TaskState::Complete);
  run.commit(first);
  CHECK(!run.executor.ended());
  run.commit(second);
  CHECK(run.executor.ended());
  CHECK(run.executor.record().state == TaskState::Complete);
}

TEST_CASE("a handler sees all its ancestors in creation order, and which of them are parents") {
  DagRun run(TemplateBuilder().step("a").step("other").step("b", {"a"}).step("c", {"b"}));
  const auto ancestors = run.executor.ancestors(run.index("c"));
  REQUIRE(ancestors.size() == 2);
  CHECK(ancestors[0].step->name == "a");
  CHECK(!ancestors[0].is_dependency);
  CHECK(ancestors[1].step->name == "b");
  CHECK(ancestors[1].is_dependency);
}

TEST_CASE("a retryable failure waits for its backoff, then runs again with the next attempt") {
  DagRun run(TemplateBuilder().step("a"));
  run.start_ready();
  run.finish("a", Failed{an_error(true)});
  CHECK(run.state("a") == StepState::WaitingForRetry);
  CHECK(run.executor.state() == TaskState::WaitingForRetry);
  CHECK(run.executor.next_retry_at() == run.now.steady + 1000ms);
  CHECK(run.ready().empty());
  run.advance(999ms);
  CHECK(run.ready().empty());
  run.advance(1ms);
  CHECK(run.ready() == Names{"a"});
  CHECK(run.executor.start(0, 2, run.now).attempt == 2);
  run.succeed("a");
  const auto step = run.reported("a");
  CHECK(step.attempts == 2);
  CHECK(step.error == nullptr);
  REQUIRE(step.history.size() == 2);
  CHECK(step.history[0].outcome == "handler_error");
  CHECK(step.history[1].outcome == "complete");
}

TEST_CASE("the last attempt that fails ends the step, and blocks what depends on it by name") {
  DagRun run(TemplateBuilder().step("a").attempts(1).step("b", {"a"}).step("c", {"b"}).step("free"));
  run.start_ready();
  run.finish("a", Failed{an_error(true)});
  CHECK(run.state("a") == StepState::Error);
  CHECK(!run.executor.ended());  // `free` still runs
  run.succeed("free");
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.state("b") == StepState::Pending);
  REQUIRE(run.reported("c").error);
  CHECK(run.reported("c").error->kind == ErrorKind::Blocked);
  CHECK(run.reported("c").error->blocked_by == Names{"a"});
  CHECK(run.reported("free").error == nullptr);
}

TEST_CASE("a step runs once with retryable: false or max_attempts: 0, and not again") {
  for (int max_attempts : {0, 3}) {
    TemplateBuilder builder;
    builder.step("a").attempts(max_attempts);
    builder.last().retry.retryable = max_attempts == 0;
    DagRun run(builder);
    CHECK(run.ready() == Names{"a"});
    run.start("a");
    run.finish("a", Failed{an_error(true)});
    CHECK(run.state("a") == StepState::Error);
    CHECK(run.executor.ended());
  }
}

TEST_CASE("a permanent failure is not retried, whatever attempts are left") {
  DagRun run(TemplateBuilder().step("a"));
  run.start_ready();
  run.finish("a", Failed{an_error(false)});
  CHECK(run.state("a") == StepState::Error);
}

TEST_CASE("retry_after sets the wait, capped by max_backoff") {
  DagRun run(TemplateBuilder().step("a"));
  auto error = std::make_shared<ErrorInfo>(*an_error(true));
  error->retry_after = 7.0;
  run.start_ready();
  run.finish("a", Failed{error});
  CHECK(run.executor.next_retry_at() == run.now.steady + 7s);
}

TEST_CASE("stop_new: a failure stops every step that has not started, and what runs finishes") {
  DagRun run(
      TemplateBuilder().stop_new().step("bad").step("running").step("waits").step("queued").step("after", {"running"}));
  for (const auto& name : run.ready()) {
    if (name != "queued") run.start(name);
  }
  run.finish("waits", Failed{an_error(true)});
  const Transition failure = run.decide("bad", Failed{an_error(false)});
  CHECK(!failure.task_state);
  REQUIRE(failure.steps.size() == 2);  // the failure, and the sibling that waited for its retry
  run.commit(failure);
  CHECK(run.state("waits") == StepState::Cancelled);
  CHECK(run.executor.halted());
  CHECK(!run.executor.next_retry_at());
  run.succeed("running");
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.state("running") == StepState::Complete);
  CHECK(run.reported("queued").error->blocked_by == Names{"bad"});
  CHECK(run.reported("after").error->blocked_by == Names{"bad"});
  CHECK(run.ready().empty());
}

TEST_CASE("stop_new: a running sibling that would be retried is cancelled, with its error") {
  DagRun run(TemplateBuilder().stop_new().step("bad").step("flaky"));
  run.start_ready();
  run.finish("bad", Failed{an_error(false)});
  run.finish("flaky", Failed{an_error(true, "again")});
  CHECK(run.state("flaky") == StepState::Cancelled);
  CHECK(run.reported("flaky").error->message == "again");
  CHECK(run.executor.ended());
}

TEST_CASE("stop_new: a retry that is decided but not committed yet is cancelled too") {
  DagRun run(TemplateBuilder().stop_new().step("bad").step("flaky"));
  run.start_ready();
  const Transition retry = run.decide("flaky", Failed{an_error(true)});
  const Transition failure = run.decide("bad", Failed{an_error(false)});
  CHECK(failure.task_state == TaskState::Error);
  run.commit(retry);
  CHECK(!run.executor.next_retry_at());
  run.commit(failure);
  CHECK(run.state("flaky") == StepState::Cancelled);
}

TEST_CASE("what was handed out and never sent comes back without a row, and is ready at once") {
  DagRun run(TemplateBuilder().step("a"));
  run.start_ready();
  const Transition given_back = run.decide("a", NotStarted{});
  CHECK(!writes_anything(given_back));
  run.commit(given_back);
  CHECK(run.state("a") == StepState::Pending);
  CHECK(run.ready() == Names{"a"});
  run.start("a");
  run.finish("a", Failed{an_error(true)});
  run.advance(1s);
  run.start_ready();
  run.finish("a", NotStarted{});
  CHECK(run.state("a") == StepState::WaitingForRetry);
  CHECK(run.ready() == Names{"a"});  // its wait is over already
  CHECK(run.reported("a").history.size() == 1);
}

TEST_CASE("an interrupted attempt is given back and leaves a row") {
  DagRun run(TemplateBuilder().step("a"));
  run.start_ready();
  run.finish("a", Cancelled{CancelReason::Drain, nullptr});
  CHECK(run.state("a") == StepState::Pending);
  CHECK(run.reported("a").attempts == 0);
  REQUIRE(run.reported("a").history.size() == 1);
  CHECK(run.reported("a").history[0].outcome == "interrupted");
  CHECK(!run.executor.ended());
}

TEST_CASE("a dead worker consumes an attempt; the third death ends the step whatever attempts are left") {
  DagRun run(TemplateBuilder().step("a").attempts(10));
  for (int death = 1; death <= 3; ++death) {
    run.start_ready();
    run.finish("a", lost());
    CHECK(run.reported("a").attempts == static_cast<unsigned>(death));
    run.advance(1h);
  }
  CHECK(run.state("a") == StepState::Error);
  CHECK(run.reported("a").error->kind == ErrorKind::WorkerKiller);
  CHECK(run.reported("a").error->message == "killed 3 workers; the last one: killed by SIGKILL");
}

TEST_CASE("an at_most_once step whose worker dies before it starts is sent again, but not to a fourth worker") {
  DagRun run(TemplateBuilder().step("a").at_most_once());
  for (int death = 1; death <= 3; ++death) {
    CHECK(run.state("a") != StepState::Error);
    run.start_ready();
    run.finish("a", NotStarted{lost().error});
  }
  CHECK(run.state("a") == StepState::Error);
  CHECK(run.reported("a").error->kind == ErrorKind::WorkerKiller);
}

TEST_CASE("a worker that the engine ended for another reason costs its step nothing") {
  DagRun run(TemplateBuilder().step("a").attempts(1));
  for (int i = 0; i < 5; ++i) {
    run.start_ready();
    run.finish("a", lost(true));
  }
  CHECK(run.state("a") == StepState::Pending);
  CHECK(run.reported("a").attempts == 0);
  CHECK(run.reported("a").history.size() == 5);
}

TEST_CASE("at_most_once: the start is committed first, and a lost worker leaves the question to a person") {
  DagRun run(TemplateBuilder().step("a").at_most_once());
  REQUIRE(run.ready() == Names{"a"});
  const auto started = run.executor.start(0, 1, run.now);
  REQUIRE(started.commit_first);
  CHECK(run.state("a") == StepState::Pending);
  run.commit(*started.commit_first);
  CHECK(run.state("a") == StepState::InProgress);
  CHECK(run.ready().empty());
  run.finish("a", lost());
  CHECK(run.reported("a").error->kind == ErrorKind::MaybeExecuted);
  CHECK(run.executor.record().state == TaskState::BlockedByFailures);
}

TEST_CASE("at_most_once: an error answer is final unless the handler asked for a retry") {
  for (const bool asked : {false, true}) {
    DagRun run(TemplateBuilder().step("a").at_most_once());
    run.commit(*run.executor.start(run.executor.ready(run.now.steady).at(0), 1, run.now).commit_first);
    auto error = std::make_shared<ErrorInfo>(*an_error(true));
    error->class_name = asked ? "TaskerCore::Errors::RetryableError" : "RuntimeError";
    run.finish("a", Failed{error});
    CHECK(run.state("a") == (asked ? StepState::WaitingForRetry : StepState::Error));
  }
}

TEST_CASE(
    "a checkpoint sends the step again with it and consumes no attempt; the same one twice is a permanent failure") {
  DagRun run(TemplateBuilder().step("a"));
  run.start_ready();
  const Transition yielded = run.decide("a", Yielded{JsonText::trusted("{\"cursor\":1}")});
  CHECK(run.ready().empty());
  run.commit(yielded);
  CHECK(run.state("a") == StepState::InProgress);
  CHECK(run.reported("a").checkpoint.text() == "{\"cursor\":1}");
  CHECK(run.ready() == Names{"a"});
  CHECK(run.executor.start(0, 2, run.now).attempt == 1);
  run.finish("a", Yielded{JsonText::trusted("{\"cursor\":1}")});
  CHECK(run.state("a") == StepState::Error);
  CHECK(run.reported("a").error->message == "yielded the checkpoint it was given: {\"cursor\":1}");
}

TEST_CASE("stop: what does not run is cancelled at once, a success that still arrives is kept") {
  DagRun run(diamond());
  run.start_ready();
  run.succeed("a");
  run.start("b");
  run.commit(run.executor.stop(StopReason::Cancelled, nullptr, run.now));
  CHECK(run.state("c") == StepState::Cancelled);
  CHECK(run.state("d") == StepState::Cancelled);
  CHECK(!run.executor.ended());
  run.succeed("b");
  CHECK(run.state("b") == StepState::Complete);
  CHECK(run.executor.record().state == TaskState::Cancelled);
  CHECK(!writes_anything(run.executor.stop(StopReason::Cancelled, nullptr, run.now)));
}

TEST_CASE("a task past its time ends in error with the timeout as its error") {
  DagRun run(diamond());
  run.start_ready();
  auto timeout = std::make_shared<ErrorInfo>();
  timeout->kind = ErrorKind::Timeout;
  run.commit(run.executor.stop(StopReason::TimedOut, timeout, run.now));
  run.finish("a", Cancelled{CancelReason::TaskTimeout, timeout});
  const auto record = run.executor.record();
  CHECK(record.state == TaskState::Error);
  REQUIRE(record.error);
  CHECK(record.error->kind == ErrorKind::Timeout);
  CHECK(run.state("a") == StepState::Cancelled);
}

TEST_CASE("stop with nothing in flight ends the task in one transition; queued steps that come back are cancelled") {
  DagRun idle(TemplateBuilder().step("a"));
  CHECK(idle.executor.stop(StopReason::Cancelled, nullptr, idle.now).task_state == TaskState::Cancelled);
  DagRun queued(TemplateBuilder().step("a"));
  queued.start_ready();
  queued.commit(queued.executor.stop(StopReason::Cancelled, nullptr, queued.now));
  queued.finish("a", NotStarted{});
  CHECK(queued.state("a") == StepState::Cancelled);
  CHECK(queued.executor.ended());
}

TEST_CASE("a step that failed before it was sent has no start, and a later attempt gives it one") {
  DagRun run(TemplateBuilder().step("a"));
  run.start_ready();
  run.finish("a", Failed{an_error(true)});
  CHECK(!run.reported("a").started_at);
  run.advance(1s);
  run.start_ready();
  AttemptReport report;
  report.started_at = WallTime(5s);
  run.commit(run.executor.finish(0, Succeeded{}, report, run.now, 0));
  CHECK(run.reported("a").started_at == WallTime(5s));
}

TEST_CASE("a step that is started or finished twice is a bug that shows at once") {
  DagRun run(TemplateBuilder().step("a"));
  run.start_ready();
  CHECK_THROWS_AS(run.start("a"), std::logic_error);
  run.succeed("a");
  CHECK_THROWS_AS(run.succeed("a"), std::logic_error);
}

TEST_CASE("any order of answers over random graphs runs every step once, after all its parents") {
  unsigned random = 1;
  const auto next = [&](unsigned below) { return (random = random * 1664525u + 1013904223u) / 65536u % below; };
  for (int round = 0; round < 50; ++round) {
    auto graph = std::make_shared<TaskTemplate>();
    for (StepIndex i = 0; i < 60; ++i) {
      StepTemplate step;
      step.name = "s" + std::to_string(i);
      for (StepIndex parent = 0; parent < i; ++parent) {
        if (next(10) == 0) step.dependencies.push_back(parent);
      }
      graph->steps.push_back(std::move(step));
    }
    DagRun run(SharedTemplate{graph});
    std::vector<std::string> in_flight;
    std::vector<Transition> undecided;
    int finished = 0;
    while (!run.executor.ended()) {
      for (const auto& name : run.ready()) {
        for (const StepIndex parent : graph->steps[run.index(name)].dependencies) {
          REQUIRE(run.executor.steps()[parent].state == StepState::Complete);
        }
        run.start(name);
        in_flight.push_back(name);
      }
      REQUIRE(!in_flight.empty());
      const std::size_t pick = next(static_cast<unsigned>(in_flight.size()));
      run.succeed(in_flight[pick]);
      in_flight.erase(in_flight.begin() + static_cast<std::ptrdiff_t>(pick));
      ++finished;
    }
    CHECK(finished == 60);
    CHECK(in_flight.empty());
  }
}

TEST_SUITE_END();
