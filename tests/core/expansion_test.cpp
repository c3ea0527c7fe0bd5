#include "core/expansion.hpp"

#include <doctest/doctest.h>

#include "support/template_builder.hpp"

using namespace tasker;
using namespace tasker::test;

namespace {

using Names = std::vector<std::string>;

/// An expansion by names: each step is shown with those it waits for, `b(a)`.
class Growth {
 public:
  explicit Growth(TemplateBuilder builder, StepLimits limits = {})
      : template_(builder.build()), expansion_(template_, limits) {}

  Names begin() {
    Names shown;
    const auto steps = expansion_.begin();
    for (const StepIndex step : steps) names_.push_back(template_->steps[step].name);
    for (const StepIndex step : steps) {
      shown.push_back(show(template_->steps[step].name, expansion_.dependencies_of(step)));
    }
    return shown;
  }
  Names expand(const std::string& step, const std::string& results) {
    auto expanded = expansion_.expand(index(step), JsonText::trusted(results));
    if (const auto* bad = std::get_if<BadOutcome>(&expanded)) return {bad->message};
    auto& created = std::get<0>(expanded);
    for (const CreatedStep& one : created) {
      CHECK(one.index == names_.size());
      names_.push_back(one.name);
    }
    Names shown;
    for (const CreatedStep& one : created) shown.push_back(show(one.name, one.dependencies));
    last = created;
    return shown;
  }
  Names choose(const std::string& step, const Names& names) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "\"" : ",\"") + name + "\"";
    return expand(step, names.empty()
                            ? R"({"decision_point_outcome":{"type":"no_branches"}})"
                            : R"({"decision_point_outcome":{"type":"create_steps","step_names":[)" + list + "]}}");
  }
  Names cut(const std::string& step, const Names& ids, const std::string& worker = "") {
    std::string list;
    for (const auto& id : ids) list += (list.empty() ? R"({"batch_id":")" : R"(,{"batch_id":")") + id + "\"}";
    const std::string named = worker.empty() ? "" : R"("worker_template_name":")" + worker + "\",";
    return expand(step, R"({"batch_processing_outcome":{"type":"create_batches",)" + named + R"("cursor_configs":[)" +
                            list + "]}}");
  }
  Expansion& expansion() { return expansion_; }
  const SharedTemplate& task_template() const { return template_; }
  std::vector<CreatedStep> last;

 private:
  StepIndex index(const std::string& name) const {
    for (StepIndex i = 0; i < template_->steps.size(); ++i) {
      if (template_->steps[i].name == name) return i;
    }
    throw std::out_of_range(name);
  }
  std::string show(const std::string& name, const std::vector<StepIndex>& dependencies) const {
    std::string shown;
    for (const StepIndex parent : dependencies) shown += (shown.empty() ? "" : ",") + names_.at(parent);
    return name + "(" + shown + ")";
  }

  SharedTemplate template_;
  Expansion expansion_;
  Names names_;
};

constexpr auto kDecision = StepType::Decision;
constexpr auto kConvergence = StepType::DeferredConvergence;
constexpr auto kBatchable = StepType::Batchable;
constexpr auto kWorker = StepType::BatchWorker;

/// route chooses among `auto`, `manager` and `finance`; `finish` gathers them.
TemplateBuilder approval() {
  return TemplateBuilder()
      .step("route")
      .type(kDecision)
      .step("auto", {"route"})
      .step("manager", {"route"})
      .step("finance", {"route"})
      .step("finish", {"auto", "manager", "finance"})
      .type(kConvergence);
}
TemplateBuilder batches() {
  return TemplateBuilder()
      .step("cut")
      .type(kBatchable)
      .step("work", {"cut"})
      .type(kWorker)
      .step("sum", {"work"})
      .type(kConvergence);
}

}  // namespace

TEST_SUITE_BEGIN("expansion");

// --- decisions
// -----------------------------------------------------------------------------------------------------------

TEST_CASE("a decision that names an unknown step is told the nearest name") {
  Growth growth(approval());
  growth.begin();
  CHECK(growth.choose("route", {"auto", "manger"}) ==
        Names{"decision step \"route\" chooses the unknown step \"manger\"; did you mean \"manager\"?"});
}

TEST_CASE("a decision may not choose a step that does not depend on it") {
  Growth growth(approval().step("apart").step("side").type(kDecision).step("aside", {"side"}));
  growth.begin();
  CHECK(growth.choose("route", {"auto", "aside"}) ==
        Names{"decision step \"route\" chooses \"aside\", which does not depend on it; it may choose among \"auto\", "
              "\"manager\", \"finance\""});
  CHECK(growth.choose("route", {"route"}).front().find("does not depend on it") != std::string::npos);
}

TEST_CASE("a decision may not choose more steps than the limit") {
  StepLimits limits;
  limits.steps_per_decision = 1;
  Growth growth(approval(), limits);
  growth.begin();
  CHECK(growth.choose("route", {"auto", "manager"}) ==
        Names{"decision step \"route\" chooses 2 steps, but may choose 1 at most"});
}

TEST_CASE("a choice that can't run without another step is refused") {
  Growth growth(approval().step("report", {"manager"}));
  growth.begin();
  CHECK(growth.choose("route", {"auto", "report"}) ==
        Names{"decision step \"route\" chooses \"report\", which can't run: it depends on \"manager\", which was not "
              "chosen"});
}

TEST_CASE("a refused result changes nothing: the next one is taken as if it were the first") {
  StepLimits limits;
  limits.steps_per_task = 3;
  Growth growth(approval().step("report", {"manager"}), limits);
  growth.begin();
  CHECK(growth.choose("route", {"report"}).front().find("can't run") != std::string::npos);
  CHECK(growth.choose("route", {"auto", "manager"}) ==
        Names{"decision step \"route\" would bring the task to 5 steps, but a task may have 3 at most"});
  CHECK(growth.choose("route", {"auto"}) == Names{"auto(route)", "finish(auto)"});
}

TEST_CASE("steps behind a decision do not exist before it names them; the convergence waits for those that do") {
  Growth growth(approval());
  CHECK(growth.begin() == Names{"route()"});
  CHECK(growth.choose("route", {"finance", "manager"}) ==
        Names{"manager(route)", "finance(route)", "finish(manager,finance)"});
}

TEST_CASE("with no branch chosen nothing comes, not even the convergence") {
  Growth growth(approval().step("after", {"finish"}));
  growth.begin();
  CHECK(growth.choose("route", {}).empty());
}

TEST_CASE("a convergence that waits for the decision itself, or for a step that always runs, comes with any choice") {
  Growth growth(TemplateBuilder()
                    .step("route")
                    .type(kDecision)
                    .step("always")
                    .step("a", {"route"})
                    .step("with_decision", {"route", "a"})
                    .type(kConvergence)
                    .step("with_other", {"always", "a"})
                    .type(kConvergence));
  CHECK(growth.begin() == Names{"route()", "always()"});
  CHECK(growth.choose("route", {}) == Names{"with_decision(route)", "with_other(always)"});
}

TEST_CASE("a convergence of steps that all exist from the start is there too") {
  Growth growth(TemplateBuilder()
                    .step("a")
                    .step("b")
                    .step("join", {"a", "b"})
                    .type(kConvergence)
                    .step("d")
                    .type(kDecision)
                    .step("x", {"d"}));
  CHECK(growth.begin() == Names{"a()", "b()", "join(a,b)", "d()"});
}

TEST_CASE("what follows a chosen step comes with it; naming it too changes nothing") {
  for (const Names& choice : {Names{"manager"}, Names{"report", "manager"}}) {
    Growth growth(approval().step("report", {"manager"}).step("mail", {"report"}));
    growth.begin();
    CHECK(growth.choose("route", choice) ==
          Names{"manager(route)", "finish(manager)", "report(manager)", "mail(report)"});
  }
}

TEST_CASE("an ordinary step that waits for a step that was not chosen never comes") {
  Growth growth(approval().step("both", {"auto", "manager"}));
  growth.begin();
  CHECK(growth.choose("route", {"auto"}) == Names{"auto(route)", "finish(auto)"});
}

TEST_CASE("a convergence of two decisions waits until both have decided") {
  Growth growth(TemplateBuilder()
                    .step("one")
                    .type(kDecision)
                    .step("two")
                    .type(kDecision)
                    .step("a", {"one"})
                    .step("b", {"two"})
                    .step("join", {"a", "b"})
                    .type(kConvergence));
  growth.begin();
  CHECK(growth.choose("one", {"a"}) == Names{"a(one)"});
  CHECK(growth.choose("two", {}) == Names{"join(a)"});
}

TEST_CASE("a step behind two decisions comes when one of them names it, and not when none does") {
  const auto two = [] {
    return TemplateBuilder()
        .step("one")
        .type(kDecision)
        .step("two", {"one"})
        .type(kDecision)
        .step("three")
        .type(kDecision)
        .step("x", {"one", "two", "three"})
        .step("y", {"one", "two"});
  };
  Growth early(two());
  early.begin();
  CHECK(early.choose("one", {"x"}) == Names{"x(one,three)"});
  CHECK(early.choose("three", {}).empty());

  Growth late(two());
  late.begin();
  CHECK(late.choose("one", {"two"}) == Names{"two(one)"});
  CHECK(late.choose("three", {}).empty());
  CHECK(late.choose("two", {"x", "y"}) == Names{"x(one,three,two)", "y(one,two)"});

  Growth never(two());
  never.begin();
  CHECK(never.choose("one", {}).empty());
  CHECK(never.choose("three", {"x"}) == Names{"x(one,three)"});
}

TEST_CASE("a decision may choose a decision") {
  Growth growth(TemplateBuilder()
                    .step("first")
                    .type(kDecision)
                    .step("second", {"first"})
                    .type(kDecision)
                    .step("quick", {"first"})
                    .step("deep", {"second"})
                    .step("join", {"quick", "deep"})
                    .type(kConvergence));
  growth.begin();
  CHECK(growth.choose("first", {"second", "quick"}) == Names{"second(first)", "quick(first)"});
  CHECK(growth.choose("second", {"deep"}) == Names{"deep(second)", "join(quick,deep)"});
}

TEST_CASE("an inner decision that is not chosen settles what hangs on it") {
  Growth growth(TemplateBuilder()
                    .step("first")
                    .type(kDecision)
                    .step("second", {"first"})
                    .type(kDecision)
                    .step("quick", {"first"})
                    .step("deep", {"second"})
                    .step("join", {"quick", "deep"})
                    .type(kConvergence));
  growth.begin();
  CHECK(growth.choose("first", {"quick"}) == Names{"quick(first)", "join(quick)"});
}

TEST_CASE("the order in the file does not matter") {
  TaskTemplate shuffled;
  shuffled.name = "test";
  const auto add = [&](const char* name, StepType type, std::vector<StepIndex> dependencies) {
    StepTemplate step;
    step.name = name;
    step.type = type;
    step.dependencies = std::move(dependencies);
    shuffled.steps.push_back(step);
  };
  add("finish", kConvergence, {1, 3});
  add("manager", StepType::Standard, {2});
  add("route", kDecision, {});
  add("auto", StepType::Standard, {2});
  Expansion expansion(std::make_shared<const TaskTemplate>(shuffled), {});
  CHECK(expansion.begin() == std::vector<StepIndex>{2});
  const auto created = std::get<0>(expansion.expand(
      2, JsonText::trusted(R"({"decision_point_outcome":{"type":"create_steps","step_names":["auto","manager"]}})")));
  REQUIRE(created.size() == 3);
  CHECK(created[0].name == "finish");
  CHECK(created[0].dependencies == std::vector<StepIndex>{2, 3});
  CHECK(created[1].dependencies == std::vector<StepIndex>{0});
}

// --- batches
// -------------------------------------------------------------------------------------------------------------

TEST_CASE("batches for a worker that nobody knows, or that may be one of two, are refused") {
  Growth growth(batches().step("other", {"cut"}).type(kWorker));
  growth.begin();
  CHECK(growth.cut("cut", {"1"}, "wrok") ==
        Names{"batchable step \"cut\" names \"wrok\" as worker_template_name, but no step of type batch_worker that "
              "depends on it is called so; did you mean \"work\"?"});
  CHECK(growth.cut("cut", {"1"}) ==
        Names{"batchable step \"cut\" must say which of its 2 batch workers runs, as worker_template_name"});
  CHECK(growth.cut("cut", {"1"}, "sum").front().find("no step of type batch_worker") != std::string::npos);
  CHECK(growth.cut("cut", {"1"}, "work") == Names{"work_1(cut)", "sum(work_1)"});
}

TEST_CASE("batches past a limit are refused with the limit") {
  StepLimits limits;
  limits.batches_per_step = 2;
  limits.steps_per_task = 3;
  limits.dependencies_per_result = 2;
  Growth growth(batches(), limits);
  growth.begin();
  CHECK(growth.cut("cut", {"1", "2", "3"}) ==
        Names{"batchable step \"cut\" cuts 3 batches, but may cut 2 at most; make them bigger"});
  CHECK(growth.cut("cut", {"1", "2"}) ==
        Names{"batchable step \"cut\" would bring the task to 4 steps, but a task may have 3 at most"});
  CHECK(growth.cut("cut", {"1"}) == Names{"work_1(cut)", "sum(work_1)"});

  limits.steps_per_task = 100;
  Growth edges(batches(), limits);
  edges.begin();
  CHECK(edges.cut("cut", {"1", "2"}).front().find("would create steps with 4 dependencies, but 2 at most") !=
        std::string::npos);
}

TEST_CASE("a worker may not be called as another step is") {
  Growth growth(
      batches().step("work_7", {}).step("work_cut", {}).type(kBatchable).step("work_x", {"work_cut"}).type(kWorker));
  growth.begin();
  CHECK(growth.cut("cut", {"6", "7"}) == Names{"batchable step \"cut\" cuts the batch \"7\", whose worker would be "
                                               "called \"work_7\", as another step is"});
  CHECK(growth.cut("cut", {"x_1"}) == Names{"work_x_1(cut)", "sum(work_x_1)"});
  CHECK(growth.cut("work_cut", {"1"}).front().find("called \"work_x_1\"") != std::string::npos);
}

TEST_CASE("a worker per batch; a dependency on the worker means all of them, and each has its cursor") {
  Growth growth(batches().step("check", {"work"}));
  CHECK(growth.begin() == Names{"cut()"});
  CHECK(growth.cut("cut", {"001", "002"}, "work") ==
        Names{"work_001(cut)", "work_002(cut)", "sum(work_001,work_002)", "check(work_001,work_002)"});
  REQUIRE(growth.last[1].inputs);
  CHECK(growth.last[1].inputs->text().starts_with(R"({"cursor":{"batch_id":"002"},"batch_metadata":{)"));
  CHECK(!growth.last[2].inputs);
}

TEST_CASE("with no batches there is no worker, and what waits for them waits for the step that found nothing") {
  Growth growth(batches().step("check", {"work", "cut"}));
  growth.begin();
  CHECK(growth.expand("cut", R"({"batch_processing_outcome":{"type":"no_batches"}})") ==
        Names{"sum(cut)", "check(cut)"});
}

TEST_CASE("one of two workers gets the batches; the other is not chosen") {
  Growth growth(TemplateBuilder()
                    .step("cut")
                    .type(kBatchable)
                    .step("small", {"cut"})
                    .type(kWorker)
                    .step("big", {"cut"})
                    .type(kWorker)
                    .step("sum", {"small", "big"})
                    .type(kConvergence)
                    .step("after_big", {"big"}));
  growth.begin();
  CHECK(growth.cut("cut", {"1"}, "small") == Names{"small_1(cut)", "sum(small_1)"});
}

TEST_CASE("batches cut before the worker's other dependencies are settled wait for them") {
  Growth growth(TemplateBuilder()
                    .step("cut")
                    .type(kBatchable)
                    .step("route")
                    .type(kDecision)
                    .step("prepare", {"route"})
                    .step("work", {"cut", "prepare"})
                    .type(kWorker));
  growth.begin();
  CHECK(growth.cut("cut", {"1", "2"}).empty());
  CHECK(growth.choose("route", {"prepare"}) == Names{"prepare(route)", "work_1(cut,prepare)", "work_2(cut,prepare)"});
}

// --- after a crash
// -------------------------------------------------------------------------------------------------------

TEST_CASE("a task that is taken up again goes on where its results left it") {
  const auto built = TemplateBuilder()
                         .step("one")
                         .type(kDecision)
                         .step("two")
                         .type(kDecision)
                         .step("cut", {"one"})
                         .type(kBatchable)
                         .step("work", {"cut"})
                         .type(kWorker)
                         .step("b", {"two"})
                         .step("join", {"work", "b"})
                         .type(kConvergence)
                         .build();
  std::vector<WorkflowStep> steps(5);
  const char* names[] = {"one", "two", "cut", "work_1", "work_2"};
  const StepIndex templates[] = {0, 1, 2, 3, 3};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].name = names[i];
    steps[i].template_index = templates[i];
  }
  steps[0].state = StepState::Complete;
  steps[0].results = JsonText::trusted(R"({"decision_point_outcome":{"type":"create_steps","step_names":["cut"]}})");
  steps[2].state = StepState::Complete;
  steps[2].results = JsonText::trusted(
      R"({"batch_processing_outcome":{"type":"create_batches","cursor_configs":[{"batch_id":"1"},{"batch_id":"2"}]}})");
  Expansion expansion(built, {});
  expansion.resume(steps);
  const auto created = std::get<0>(expansion.expand(
      1, JsonText::trusted(R"({"decision_point_outcome":{"type":"create_steps","step_names":["b"]}})")));
  REQUIRE(created.size() == 2);
  CHECK(created[0].name == "b");
  CHECK(created[0].index == 5);
  CHECK(created[0].dependencies == std::vector<StepIndex>{1});
  CHECK(created[1].name == "join");
  CHECK(created[1].dependencies == std::vector<StepIndex>{3, 4, 5});
}

TEST_CASE("a decision that a person resolved without a choice chose nothing") {
  const auto built = approval().build();
  std::vector<WorkflowStep> steps(1);
  steps[0].name = "route";
  steps[0].state = StepState::ResolvedManually;
  Expansion expansion(built, {});
  expansion.resume(steps);
  CHECK(expansion.dependencies_of(4).empty());
}

TEST_SUITE_END();
