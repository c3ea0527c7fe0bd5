#include "core/dag_executor.hpp"

#include "support/dag_run.hpp"
#include "support/outcomes.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kDecision = StepType::Decision;
constexpr auto kConvergence = StepType::DeferredConvergence;
constexpr auto kBatchable = StepType::Batchable;
constexpr auto kWorker = StepType::BatchWorker;

TemplateBuilder choice() {
  return TemplateBuilder()
      .step("route")
      .type(kDecision)
      .step("a", {"route"})
      .step("b", {"route"})
      .step("join", {"a", "b"})
      .type(kConvergence);
}

TemplateBuilder batches(const std::string& strategy = "continue_on_failure", int parallelism = 10) {
  BatchConfig config;
  config.failure_strategy = strategy;
  config.parallelism = parallelism;
  return TemplateBuilder()
      .step("cut")
      .type(kBatchable)
      .step("work", {"cut"})
      .type(kWorker)
      .batch(config)
      .attempts(1)
      .step("sum", {"work"})
      .type(kConvergence);
}

/// `cut` has run and made this many workers, `work_001` and so on.
DagRun with_workers(TemplateBuilder builder, int count) {
  DagRun run(std::move(builder));
  run.start_ready();
  run.succeed("cut", cut_into(count));
  return run;
}

Names names_of(const std::vector<WorkflowStep>& steps) {
  Names names;
  for (const auto& step : steps) names.push_back(step.name);
  return names;
}

}  // namespace

TEST_SUITE_BEGIN("dag growth");

TEST_CASE("a choice that can't be taken is a permanent failure of the decision, and creates nothing") {
  DagRun run(choice());
  run.start_ready();
  const Transition decided = run.decide("route", Succeeded{JsonText::trusted(choose({"a", "c"})), {}, {}});
  CHECK(decided.created.empty());
  CHECK(decided.task_state == TaskState::Error);
  run.commit(decided);
  const auto route = run.reported("route");
  CHECK(route.state == StepState::Error);
  CHECK(route.attempts == 1);
  CHECK(route.results.is_null());
  CHECK(route.error->kind == ErrorKind::PermanentError);
  CHECK(route.error->error_code == "invalid_decision_outcome");
  CHECK(route.error->message.find("\"c\"") != std::string::npos);
  CHECK(run.executor.steps().size() == 1);
}

TEST_CASE("a decision that fails and is retried decides once") {
  DagRun run(choice());
  run.start_ready();
  run.finish("route", Failed{an_error(true)});
  run.advance(1s);
  run.start_ready();
  run.succeed("route", choose({"b"}));
  CHECK(names_of(run.executor.steps()) == Names{"route", "b", "join"});
}

TEST_CASE("created steps stand in the transition of the result that created them, and exist once it is durable") {
  DagRun run(choice());
  CHECK(names_of(run.executor.steps()) == Names{"route"});
  run.start_ready();
  const Transition decided = run.decide("route", Succeeded{JsonText::trusted(choose({"a"})), {}, {}});
  REQUIRE(decided.created.size() == 2);
  CHECK(decided.created[0].name == "a");
  CHECK(decided.created[0].dependencies == std::vector<StepIndex>{0});
  CHECK(decided.created[1].name == "join");
  CHECK(!decided.task_state);
  CHECK(run.executor.steps().size() == 1);
  CHECK(run.ready().empty());
  run.commit(decided);
  CHECK(run.ready() == Names{"a"});
  run.start("a");
  run.succeed("a");
  CHECK(run.ready() == Names{"join"});
  run.start("join");
  run.succeed("join");
  CHECK(run.executor.record().state == TaskState::Complete);
  const auto ancestors = run.executor.ancestors(run.index("join"));
  REQUIRE(ancestors.size() == 2);
  CHECK(ancestors[0].step->name == "route");
  CHECK(!ancestors[0].is_dependency);
  CHECK(ancestors[1].is_dependency);
}

TEST_CASE("the same choice makes the same ids, in another order of events too; another task's are others") {
  const auto ids_after = [](std::uint8_t task, const Names& names) {
    DagRun run(choice(), {}, task);
    run.start_ready();
    const Transition decided = run.decide("route", Succeeded{JsonText::trusted(choose(names)), {}, {}});
    return std::pair(decided.created.front().uuid, decided.created.back().uuid);
  };
  CHECK(ids_after(1, {"a"}) == ids_after(1, {"a", "b"}));
  CHECK(ids_after(1, {"a"}).first != ids_after(1, {"a"}).second);
  CHECK(ids_after(1, {"a"}).first != ids_after(2, {"a"}).first);
}

TEST_CASE("with no branch chosen the task is complete") {
  DagRun run(choice());
  run.start_ready();
  run.succeed("route", choose({}));
  CHECK(run.executor.record().state == TaskState::Complete);
  CHECK(run.executor.steps().size() == 1);
}

TEST_CASE("a convergence whose branch failed does not run, and says why") {
  DagRun run(choice());
  run.start_ready();
  run.succeed("route", choose({"a", "b"}));
  run.start_ready();
  run.succeed("a");
  run.finish("b", Failed{an_error(false)});
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.reported("join").state == StepState::Pending);
  CHECK(run.reported("join").error->message == "not started: \"b\" failed");
}

TEST_CASE("a convergence that comes after one of its branches failed is blocked from the start") {
  DagRun run(TemplateBuilder()
                 .step("one")
                 .type(kDecision)
                 .step("two")
                 .type(kDecision)
                 .step("a", {"one"})
                 .step("b", {"two"})
                 .step("join", {"a", "b"})
                 .type(kConvergence)
                 .step("after", {"join"}));
  run.start_ready();
  run.succeed("one", choose({"a"}));
  run.start("a");
  run.finish("a", Failed{an_error(false)});
  run.succeed("two", choose({"b"}));
  CHECK(run.ready() == Names{"b"});
  run.start("b");
  run.succeed("b");
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.reported("join").error->blocked_by == Names{"a"});
  CHECK(run.reported("after").error->blocked_by == Names{"a"});
}

TEST_CASE("a created step whose parents are done already waits for nothing but its own row") {
  DagRun run(TemplateBuilder()
                 .step("early")
                 .step("route")
                 .type(kDecision)
                 .step("a", {"route"})
                 .step("join", {"early", "a"})
                 .type(kConvergence));
  run.start_ready();
  const Transition early = run.decide("early", Succeeded{});
  const Transition route = run.decide("route", Succeeded{JsonText::trusted(choose({})), {}, {}});
  REQUIRE(route.created.size() == 1);
  run.commit(early);  // frees `join`, which has no row yet
  CHECK(run.ready().empty());
  run.commit(route);
  CHECK(run.ready() == Names{"join"});
}

TEST_CASE("a failure before the commit of a choice blocks what was chosen") {
  DagRun run(
      TemplateBuilder().step("other").step("route").type(kDecision).step("a", {"route", "other"}).step("b", {"route"}));
  run.start_ready();
  const Transition route = run.decide("route", Succeeded{JsonText::trusted(choose({"a", "b"})), {}, {}});
  const Transition other = run.decide("other", Failed{an_error(false)});
  run.commit(route);
  run.commit(other);
  CHECK(run.ready() == Names{"b"});
  run.start("b");
  run.succeed("b");
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.reported("a").error->blocked_by == Names{"other"});
}

TEST_CASE("a task that is stopped while a decision runs takes its results and creates nothing") {
  DagRun run(choice());
  run.start_ready();
  run.commit(run.executor.stop(StopReason::Cancelled, nullptr, run.now));
  const Transition decided = run.decide("route", Succeeded{JsonText::trusted(choose({"a"})), {}, {}});
  CHECK(decided.created.empty());
  run.commit(decided);
  CHECK(run.state("route") == StepState::Complete);
  CHECK(run.executor.record().state == TaskState::Cancelled);
}

TEST_CASE("a task that is stopped between a choice and its commit cancels what was chosen") {
  DagRun run(choice());
  run.start_ready();
  const Transition decided = run.decide("route", Succeeded{JsonText::trusted(choose({"a"})), {}, {}});
  const Transition stop = run.executor.stop(StopReason::Cancelled, nullptr, run.now);
  CHECK(stop.steps.size() == 2);
  CHECK(stop.task_state == TaskState::Cancelled);
  run.commit(decided);
  run.commit(stop);
  CHECK(run.ready().empty());
  CHECK(run.state("a") == StepState::Cancelled);
  CHECK(run.state("join") == StepState::Cancelled);
}

TEST_CASE("stop_new: what a decision chooses after a failure has rows, and does not start") {
  DagRun run(choice().step("other").stop_new());
  run.start_ready();
  run.finish("other", Failed{an_error(false)});
  run.succeed("route", choose({"a"}));
  CHECK(run.ready().empty());
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.reported("a").error->blocked_by == Names{"other"});
}

// --- batches
// -------------------------------------------------------------------------------------------------------------

TEST_CASE("at most `parallelism` workers run at once, in order; a failed one makes room too") {
  DagRun run = with_workers(batches("continue_on_failure", 2), 4);
  CHECK(run.ready() == Names{"work_001", "work_002"});
  CHECK(run.ready().empty());
  run.start("work_001");
  run.start("work_002");
  run.succeed("work_002");
  CHECK(run.ready() == Names{"work_003"});
  run.start("work_003");
  run.finish("work_001", Failed{an_error(false)});
  CHECK(run.ready() == Names{"work_004"});
}

TEST_CASE("a worker that waits for its retry makes room, and stands in line again") {
  DagRun run = with_workers(batches("continue_on_failure", 1), 2);
  run.executor.steps();
  run.start_ready();
  run.finish("work_001", Failed{an_error(true)});
  CHECK(run.state("work_001") == StepState::Error);  // one attempt only
  CHECK(run.ready() == Names{"work_002"});

  DagRun again = with_workers(batches("continue_on_failure", 1).attempts_of("work", 3), 2);
  again.start_ready();
  again.finish("work_001", Failed{an_error(true)});
  again.start_ready();
  again.advance(1s);
  CHECK(again.ready().empty());
  again.succeed("work_002");
  CHECK(again.ready() == Names{"work_001"});
}

TEST_CASE("a worker that yields keeps its place and is sent again at once") {
  DagRun run = with_workers(batches("continue_on_failure", 1), 2);
  run.start_ready();
  run.finish("work_001", Yielded{JsonText::trusted(R"({"cursor":1})")});
  CHECK(run.ready() == Names{"work_001"});
  run.start("work_001");
  run.succeed("work_001");
  CHECK(run.ready() == Names{"work_002"});
}

TEST_CASE("continue_on_failure: the other workers run, and what waits for all of them does not") {
  DagRun run = with_workers(batches("continue_on_failure"), 3);
  run.start_ready();
  run.finish("work_002", Failed{an_error(false)});
  run.succeed("work_001");
  CHECK(!run.executor.ended());
  run.succeed("work_003");
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.reported("sum").error->blocked_by == Names{"work_002"});
}

TEST_CASE("fail_fast: no other worker begins, and what runs finishes") {
  DagRun run = with_workers(batches("fail_fast", 2).attempts_of("work", 3), 5);
  run.start_ready();
  run.finish("work_002", Failed{an_error(false)});
  CHECK(run.ready().empty());
  CHECK(run.state("work_003") == StepState::Cancelled);
  CHECK(run.state("work_005") == StepState::Cancelled);
  CHECK(!run.executor.ended());
  run.finish("work_001", Failed{an_error(true)});  // would be retried
  CHECK(run.state("work_001") == StepState::Cancelled);
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.reported("sum").error->blocked_by == Names{"work_002"});
}

TEST_CASE("fail_fast stops its own batch only, and nothing else of the task") {
  DagRun run = with_workers(batches("fail_fast", 1).step("apart"), 2);
  run.start("work_001");
  run.finish("work_001", Failed{an_error(false)});
  CHECK(!run.executor.halted());
  run.succeed("apart");
  CHECK(run.executor.ended());
}

TEST_CASE("isolate: what waits for the workers runs without the failed one, and the task ends in error") {
  DagRun run = with_workers(batches("isolate").stop_new().step("after", {"sum"}), 2);
  run.start_ready();
  run.finish("work_001", Failed{an_error(false)});
  run.succeed("work_002");
  CHECK(run.ready() == Names{"sum"});
  run.start("sum");
  run.succeed("sum");
  run.start_ready();
  run.succeed("after");
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.state("after") == StepState::Complete);
}

TEST_CASE("no batches: the convergence runs right after the step that found none") {
  DagRun run(batches());
  run.start_ready();
  run.succeed("cut", cut_into(0));
  CHECK(run.ready() == Names{"sum"});
  CHECK(run.executor.ancestors(run.index("sum")).front().is_dependency);
}

TEST_CASE("a batch too many is a permanent failure that names the limit") {
  StepLimits limits;
  limits.batches_per_step = 3;
  DagRun run(batches(), limits);
  run.start_ready();
  run.succeed("cut", cut_into(4));
  CHECK(run.state("cut") == StepState::Error);
  CHECK(run.reported("cut").error->message ==
        "batchable step \"cut\" cuts 4 batches, but may cut 3 at most; make them bigger");
  CHECK(run.executor.ended());
}

TEST_CASE("ten thousand workers run once each, in the order of their batches") {
  DagRun run = with_workers(batches("continue_on_failure", 7), 10'000);
  std::size_t ran = 0;
  StepIndex last = 0;
  for (auto ready = run.executor.ready(run.now.steady); !ready.empty(); ready = run.executor.ready(run.now.steady)) {
    CHECK(ready.size() <= 7);
    for (const StepIndex step : ready) {
      CHECK(step > last);
      last = step;
      run.executor.start(step, ++run.dispatch, run.now);
    }
    for (const StepIndex step : ready) run.commit(run.executor.finish(step, Succeeded{}, {}, run.now, 0));
    ran += ready.size();
    if (run.executor.ended()) break;
    if (run.executor.steps()[ready.front()].name == "work_10000") break;
  }
  CHECK(run.executor.ended());
  CHECK(ran == 10'001);
}

TEST_SUITE_END();
