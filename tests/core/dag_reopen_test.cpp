#include "core/dag_executor.hpp"

#include "support/dag_run.hpp"
#include "support/outcomes.hpp"

using namespace tasker;
using namespace tasker::test;

namespace {

/// a fails for good, b and d wait for it; slow goes on.
struct HalfFailed : DagRun {
  explicit HalfFailed(TemplateBuilder builder = shape()) : DagRun(std::move(builder)) {
    start_ready();
    finish("a", permanent());
  }
  static TemplateBuilder shape() {
    return TemplateBuilder().step("a").step("b", {"a"}).step("slow").step("d", {"b", "slow"});
  }
  static StepOutcome permanent() {
    auto error = std::make_shared<ErrorInfo>();
    error->kind = ErrorKind::PermanentError;
    error->message = "no";
    error->retryable = false;
    return Failed{error};
  }
  std::string refusal(const std::string& step) {
    const auto decided = executor.rerun({index(step)}, now);
    const auto* why = std::get_if<CannotReopen>(&decided);
    return why ? why->message : "";
  }
};

}  // namespace

TEST_SUITE_BEGIN("reopened while it runs");

TEST_CASE("a failed step runs again from its start when that is durable, and what waited for it after it") {
  HalfFailed run;
  const auto decided = run.executor.rerun({run.index("a")}, run.now);
  REQUIRE(std::holds_alternative<Transition>(decided));
  const auto& transition = std::get<Transition>(decided);
  REQUIRE(transition.steps.size() == 1);
  CHECK(transition.steps[0].from == StepState::Error);
  CHECK(transition.steps[0].attempts == 0);
  CHECK(run.ready().empty());
  run.commit(transition);
  CHECK(run.ready() == Names{"a"});
  run.start("a");
  run.succeed("a");
  CHECK(run.ready() == Names{"b"});
  run.start("b");
  run.succeed("b");
  run.succeed("slow");
  CHECK(run.ready() == Names{"d"});
  run.start("d");
  run.succeed("d");
  CHECK(run.executor.record().state == TaskState::Complete);
}

TEST_CASE("a step that fails again fails the task") {
  HalfFailed run;
  run.commit(std::get<Transition>(run.executor.rerun({run.index("a")}, run.now)));
  run.start_ready();
  run.finish("a", HalfFailed::permanent());
  run.succeed("slow");
  CHECK(run.executor.record().state == TaskState::Error);
  CHECK(run.reported("b").error->kind == ErrorKind::Blocked);
}

TEST_CASE("a resolved step counts as done, its dependants see the results given for it, its history says so") {
  HalfFailed run;
  run.commit(std::get<Transition>(run.executor.resolve(run.index("a"), JsonText::trusted("7"), 99, run.now)));
  CHECK(run.state("a") == StepState::ResolvedManually);
  CHECK(run.reported("a").history.back().dispatch == 99);
  CHECK(run.reported("a").history.back().outcome == "resolved_manually");
  CHECK(run.ready() == Names{"b"});
  CHECK(run.executor.ancestors(run.index("b"))[0].step->results.text() == "7");
}

TEST_CASE("what waits for another failed step too stays where it is") {
  HalfFailed run(TemplateBuilder().step("a").step("x").step("b", {"a", "x"}).step("slow"));
  run.finish("x", HalfFailed::permanent());
  run.commit(std::get<Transition>(run.executor.resolve(run.index("a"), JsonText(), 9, run.now)));
  CHECK(run.ready().empty());
  run.succeed("slow");
  CHECK(run.executor.record().state == TaskState::Error);
}

TEST_CASE("a decision that a person resolves with a choice creates what it chose, when that is durable") {
  HalfFailed run(TemplateBuilder()
                     .step("a")
                     .type(StepType::Decision)
                     .step("left", {"a"})
                     .step("right", {"a"})
                     .step("join", {"left", "right"})
                     .type(StepType::DeferredConvergence)
                     .step("slow"));
  const auto bad = run.executor.resolve(run.index("a"), JsonText::trusted(choose({"nobody"})), 8, run.now);
  REQUIRE(std::holds_alternative<CannotReopen>(bad));
  CHECK(std::get<CannotReopen>(bad).message.find("unknown step \"nobody\"") != std::string::npos);
  CHECK(run.state("a") == StepState::Error);

  const auto decided = run.executor.resolve(run.index("a"), JsonText::trusted(choose({"right"})), 9, run.now);
  REQUIRE(std::holds_alternative<Transition>(decided));
  const auto& transition = std::get<Transition>(decided);
  REQUIRE(transition.created.size() == 2);
  CHECK(transition.created[0].name == "right");
  CHECK(transition.created[1].name == "join");
  CHECK(run.refusal("a").find("are being created right now") != std::string::npos);
  CHECK(run.ready().empty());
  run.commit(transition);
  CHECK(run.ready() == Names{"right"});
  run.start("right");
  run.succeed("right");
  CHECK(run.ready() == Names{"join"});
  run.start("join");
  run.succeed("join");
  run.succeed("slow");
  CHECK(run.executor.record().state == TaskState::Complete);
}

TEST_CASE("a batchable step that a person resolves with batches gets its workers, and their sum") {
  HalfFailed run(TemplateBuilder()
                     .step("a")
                     .type(StepType::Batchable)
                     .step("work", {"a"})
                     .type(StepType::BatchWorker)
                     .step("sum", {"work"})
                     .type(StepType::DeferredConvergence)
                     .step("slow"));
  run.commit(std::get<Transition>(run.executor.resolve(run.index("a"), JsonText::trusted(cut_into(2)), 9, run.now)));
  CHECK(run.state("a") == StepState::ResolvedManually);
  CHECK(run.ready() == Names{"work_001", "work_002"});
  run.start("work_001");
  run.start("work_002");
  run.succeed("work_001");
  run.succeed("work_002");
  CHECK(run.ready() == Names{"sum"});
  run.start("sum");
  run.succeed("sum");
  run.succeed("slow");
  CHECK(run.executor.record().state == TaskState::Complete);
}

TEST_CASE("what can't be changed while the task runs says why") {
  HalfFailed run;
  CHECK(run.refusal("slow").find("\"slow\" is in_progress") != std::string::npos);
  CHECK(run.refusal("b").find("\"b\" is pending") != std::string::npos);
  run.commit(run.executor.stop(StopReason::Cancelled, nullptr, run.now));
  CHECK(run.refusal("a").find("is being stopped (cancelled)") != std::string::npos);
  run.succeed("slow");
  CHECK(run.refusal("a").find("is ending") != std::string::npos);
}

TEST_CASE("a failure that is decided and not yet durable is not taken back") {
  DagRun run(HalfFailed::shape());
  run.start_ready();
  const Transition failed = run.decide("a", HalfFailed::permanent());
  CHECK(std::holds_alternative<CannotReopen>(run.executor.rerun({run.index("a")}, run.now)));
  run.commit(failed);
  CHECK(std::holds_alternative<Transition>(run.executor.rerun({run.index("a")}, run.now)));
}

TEST_SUITE_END();
