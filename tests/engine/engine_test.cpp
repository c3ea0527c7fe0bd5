#include "tasker/engine.hpp"

#include "support/held_store.hpp"
#include "support/manual_clock.hpp"
#include "support/outcomes.hpp"
#include "support/recording_observer.hpp"
#include "support/scripted_handler.hpp"
#include "support/template_builder.hpp"
#include "tasker/handler_registry.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace std::chrono_literals;

namespace {

using Names = std::vector<std::string>;

/// An engine with hands for everything around it.
struct Fixture {
  ManualPost post;
  HeldStore store{post};
  HandlerRegistry registry;
  ManualClock clock;
  RecordingObserver observer;
  std::shared_ptr<ScriptedHandler> handler = std::make_shared<ScriptedHandler>();
  int wakes = 0;
  Engine engine{store, registry, clock, observer, [this] { ++wakes; }, {.seed = 1}};

  ~Fixture() { handler->replies.clear(); }

  TaskId submit(const SharedTemplate& built, std::optional<Duration> timeout = {}) {
    for (const auto& step : built->steps) {
      if (!registry.find(step.handler.callable) && step.handler.callable != "nobody")
        registry.bind(step.handler.callable, handler);
    }
    return engine.submit({built, JsonText::trusted("{}"), timeout});
  }
  /// Runs everything that can run without another commit.
  void tick() {
    engine.tick();
    post.run_all();
    engine.tick();
  }
  void commit() {
    store.release_all();
    post.run_all();
    tick();
  }
  void answer(const std::string& step, StepOutcome outcome) {
    handler->answer(step, std::move(outcome));
    tick();
  }
  Names sent() { return std::exchange(handler->sent, {}); }
};

SharedTemplate line() { return TemplateBuilder().step("a").step("b", {"a"}).build(); }

}  // namespace

TEST_SUITE_BEGIN("engine");

TEST_CASE("the first step is sent only when the task's row is durable") {
  Fixture f;
  f.submit(line());
  f.tick();
  CHECK(f.sent().empty());
  f.commit();
  CHECK(f.sent() == Names{"a"});
}

TEST_CASE("a dependant is sent, and success reported, only after the commit that holds its parent's results") {
  Fixture f;
  f.submit(line());
  f.tick();
  f.commit();
  f.sent();
  f.answer("a", Succeeded{JsonText::trusted("36"), {}, {}});
  CHECK(f.sent().empty());
  CHECK(f.observer.words == Names{"task.started test", "step.started a#1"});
  f.commit();
  CHECK(f.sent() == Names{"b"});
  CHECK(f.handler->contexts.at("b").results_of("a")->text() == "36");
  f.answer("b", Succeeded{});
  CHECK(!f.observer.ended);
  f.commit();
  REQUIRE(f.observer.ended);
  CHECK(f.observer.ended->state == TaskState::Complete);
  CHECK(f.engine.active_tasks() == 0);
}

TEST_CASE("a retry is armed by its commit and sent when its time has come") {
  Fixture f;
  f.submit(TemplateBuilder().step("a").build());
  f.tick();
  f.commit();
  f.answer("a", Failed{an_error(true)});
  CHECK(!f.engine.next_deadline());
  f.commit();
  CHECK(f.engine.next_deadline() == f.clock.steady() + 1s);
  f.clock.advance(999ms);
  f.sent();
  f.tick();
  CHECK(f.sent().empty());
  f.clock.advance(1ms);
  f.tick();
  CHECK(f.sent() == Names{"a"});
}

TEST_CASE("a handler that is not registered fails its step with the nearest name") {
  Fixture f;
  f.registry.bind("nobodi", f.handler);
  f.submit(TemplateBuilder().step("a").handler("nobody").build());
  f.tick();
  f.commit();
  f.commit();
  REQUIRE(f.observer.ended);
  CHECK(f.observer.ended->state == TaskState::Error);
  CHECK(f.observer.ended->steps[0].error->message ==
        "unknown handler \"nobody\"; did you mean \"nobodi\"? (step \"a\")");
  CHECK(f.observer.ended->steps[0].error->kind == ErrorKind::HandlerNotFound);
}

TEST_CASE("stop_new: of two steps whose handlers nobody knows the first one's end leaves the other alone") {
  Fixture f;
  f.submit(TemplateBuilder().stop_new().step("a").handler("nobody").step("b").handler("nobody").build());
  f.tick();
  f.commit();
  f.commit();
  REQUIRE(f.observer.ended);
  CHECK(f.observer.ended->state == TaskState::Error);
  for (const WorkflowStep& step : f.observer.ended->steps) CHECK(step.error->kind == ErrorKind::HandlerNotFound);
}

TEST_CASE("a handler that is bound anew meanwhile lives until the last step that is with it has answered") {
  Fixture f;
  auto replaced = std::make_shared<ScriptedHandler>();
  const std::weak_ptr<ScriptedHandler> watched = replaced;
  f.registry.bind("replaced", replaced);
  f.submit(TemplateBuilder().step("a").handler("replaced").step("b").handler("replaced").build());
  f.tick();
  f.commit();
  REQUIRE(replaced->sent == Names{"a", "b"});
  f.registry.rebind({{"replaced", f.handler}});
  ScriptedHandler& with = *std::exchange(replaced, nullptr);
  with.answer("a", Succeeded{});
  f.tick();
  REQUIRE(!watched.expired());
  with.answer("b", Succeeded{});
  f.tick();
  CHECK(watched.expired());
}

TEST_CASE("a handler that answers inside process shares one commit with its siblings") {
  Fixture f;
  TemplateBuilder wide;
  for (int i = 0; i < 100; ++i) wide.step("s" + std::to_string(i)).handler("inline");
  f.registry.bind("inline", make_function_handler([](const StepContext&) { return Succeeded{}; }));
  f.submit(wide.build());
  f.tick();
  f.commit();
  CHECK(f.store.held() == 1);
  f.commit();
  CHECK(f.observer.ended->state == TaskState::Complete);
}

TEST_CASE("an exception in a C++ handler is a retryable failure with its text") {
  Fixture f;
  f.registry.bind(
      "throws", make_function_handler([](const StepContext&) -> StepOutcome { throw std::runtime_error("no luck"); }));
  f.submit(TemplateBuilder().step("a").handler("throws").attempts(1).build());
  f.tick();
  f.commit();
  f.commit();
  CHECK(f.observer.ended->steps[0].error->message == "no luck");
}

TEST_CASE("a reply that a handler drops answers by itself: the attempt is given back when nothing was started") {
  Fixture f;
  f.submit(TemplateBuilder().step("a").build());
  f.tick();
  f.commit();
  CHECK(f.sent() == Names{"a"});
  f.handler->replies.clear();
  f.tick();
  CHECK(f.sent() == Names{"a"});
  CHECK(f.store.held() == 0);
  f.handler->replies.at("a").started();
  f.handler->replies.clear();
  f.tick();
  f.commit();
  CHECK(f.observer.words.back() == "step.retry_scheduled a");
}

TEST_CASE("an at_most_once step is sent only when its start is durable") {
  Fixture f;
  f.submit(TemplateBuilder().step("a").at_most_once().build());
  f.tick();
  f.commit();
  CHECK(f.sent().empty());
  f.commit();
  CHECK(f.sent() == Names{"a"});
}

TEST_CASE("cancel commits the wish first, then asks what runs to stop, and keeps a success that still arrives") {
  Fixture f;
  const TaskId task = f.submit(TemplateBuilder().step("a").step("b").step("c", {"a"}).build());
  f.tick();
  f.commit();
  f.engine.cancel(task);
  f.tick();
  CHECK(f.handler->cancels.empty());
  f.commit();
  CHECK(std::count(f.handler->cancels.begin(), f.handler->cancels.end(), "a: graceful") == 1);
  f.answer("a", Succeeded{});
  f.answer("b", Cancelled{CancelReason::TaskCancelled, an_error(false)});
  f.commit();
  REQUIRE(f.observer.ended);
  CHECK(f.observer.ended->state == TaskState::Cancelled);
  CHECK(f.observer.ended->steps[0].state == StepState::Complete);
  CHECK(f.observer.ended->steps[1].state == StepState::Cancelled);
  CHECK(f.observer.ended->steps[2].state == StepState::Cancelled);
}

TEST_CASE("a task past its time ends in error: what runs is stopped, the rest cancelled") {
  Fixture f;
  f.submit(line(), 5s);
  f.tick();
  f.commit();
  CHECK(f.engine.next_deadline() == f.clock.steady() + 5s);
  f.clock.advance(5s);
  f.tick();
  f.commit();
  CHECK(f.handler->cancels.back() == "a: graceful");
  f.answer("a", Cancelled{CancelReason::TaskTimeout, an_error(false)});
  f.commit();
  REQUIRE(f.observer.ended);
  CHECK(f.observer.ended->state == TaskState::Error);
  CHECK(f.observer.ended->error->message == "the task \"test\" ran past its 5.0 s");
}

TEST_CASE("time in which the machine stood still is nobody's fault") {
  Fixture f;
  f.submit(line(), 5s);
  f.tick();
  f.commit();
  f.clock.advance(60s);
  f.engine.shift_deadlines(60s);
  f.tick();
  CHECK(f.handler->cancels.empty());
}

TEST_CASE("stop_new: what was handed out and not started is asked back") {
  Fixture f;
  f.submit(TemplateBuilder().stop_new().step("bad").step("other").build());
  f.tick();
  f.commit();
  f.answer("bad", Failed{an_error(false)});
  CHECK(f.handler->cancels == Names{"other: if queued"});
}

TEST_CASE("drain sends nothing new; kill ends what runs, and its attempt is given back") {
  Fixture f;
  const TaskId task = f.submit(TemplateBuilder().step("a").step("b", {"a"}).step("c").build());
  f.tick();
  f.commit();
  f.sent();
  f.engine.drain();
  f.answer("a", Succeeded{});
  f.commit();
  CHECK(f.sent().empty());
  CHECK(!f.engine.quiet());
  f.engine.kill();
  CHECK(f.handler->cancels.back() == "c: immediate");
  f.answer("c", Cancelled{CancelReason::Drain, nullptr});
  f.commit();
  CHECK(f.engine.quiet());
  const auto record = f.engine.snapshot(task);
  REQUIRE(record);
  CHECK(record->state == TaskState::InProgress);
  CHECK(record->steps[2].state == StepState::Pending);
  CHECK(record->steps[2].attempts == 0);
  CHECK(record->steps[2].history[0].outcome == "interrupted");
}

TEST_CASE("when the store fails nothing is sent or reported any more") {
  Fixture f;
  f.submit(line());
  f.tick();
  f.commit();
  f.sent();
  f.store.fail_next("disk full");
  f.answer("a", Succeeded{});
  f.commit();
  CHECK(f.sent().empty());
  REQUIRE(f.engine.store_error());
  CHECK(f.engine.store_error()->message == "disk full");
  CHECK(f.observer.words.back() == "step.started a#1");
}

TEST_CASE("a task whose rows the store refuses ends in error with the reason, and the others go on") {
  Fixture f;
  f.submit(line());
  f.submit(TemplateBuilder().step("x").step("y", {"x"}).build());
  f.tick();
  f.commit();
  CHECK(f.sent() == Names{"a", "x"});
  f.store.fail_next("no such column", StoreError::Kind::Refused);
  f.answer("a", Succeeded{});
  f.commit();  // refused, and its end written instead
  f.commit();
  REQUIRE(f.observer.ended);
  CHECK(f.observer.ended->state == TaskState::Error);
  CHECK(f.observer.ended->error->kind == ErrorKind::StoreRefused);
  CHECK(f.observer.ended->error->message == "no such column");
  CHECK(f.sent().empty());
  CHECK(!f.engine.store_error());
  f.answer("x", Succeeded{});
  f.commit();
  CHECK(f.sent() == Names{"y"});
  CHECK(f.engine.active_tasks() == 1);
}

TEST_CASE("a task that another engine has taken over is dropped: what runs is stopped, its answer goes nowhere") {
  Fixture f;
  f.submit(TemplateBuilder().step("a").step("b").build());
  f.tick();
  f.commit();
  f.store.fail_next("fence 0, there is 1", StoreError::Kind::NotOwner);
  f.answer("a", Succeeded{});
  f.commit();
  CHECK(f.observer.words.back() == "task.dropped fence 0, there is 1");
  CHECK(f.handler->cancels.back() == "b: immediate");
  CHECK(f.engine.active_tasks() == 0);
  CHECK(!f.engine.quiet());
  const std::size_t written = f.store.written().size();
  f.answer("b", Succeeded{});
  CHECK(f.engine.quiet());
  CHECK(f.store.held() == 0);
  CHECK(f.store.written().size() == written);
}

TEST_CASE("a task whose unique key is taken never begins") {
  Fixture f;
  f.submit(line());
  f.store.fail_next("the key is taken", StoreError::Kind::DuplicateKey);
  f.tick();
  f.commit();
  CHECK(f.observer.words == Names{"task.dropped the key is taken"});
  CHECK(f.sent().empty());
  CHECK(f.engine.quiet());
}

TEST_CASE("a failed step is run again, or resolved, once that is durable, while the rest of its task runs") {
  Fixture f;
  const TaskId id = f.submit(TemplateBuilder().step("a").step("b", {"a"}).step("c").build());
  f.tick();
  f.commit();
  f.sent();
  const auto no = std::make_shared<ErrorInfo>();
  no->kind = ErrorKind::PermanentError;
  no->retryable = false;
  f.answer("a", Failed{no});
  CHECK(f.engine.retry(id, "c") != std::nullopt);
  CHECK(f.engine.retry(id, "") == "nothing of the task has failed so far");  // not durable yet
  f.commit();
  CHECK(f.engine.retry(id, "zzz") == "the task has no step \"zzz\"");
  CHECK(f.engine.retry(id + 1, "") == "the task has ended, or this engine does not run it");
  CHECK(!f.engine.retry(id, ""));
  f.tick();
  CHECK(f.sent().empty());
  f.commit();
  CHECK(f.sent() == Names{"a"});
  f.answer("a", Failed{no});
  f.commit();
  CHECK(!f.engine.resolve(id, "a", JsonText::trusted("1")));
  f.tick();
  f.commit();
  CHECK(f.sent() == Names{"b"});
  f.answer("b", Succeeded{});
  f.answer("c", Succeeded{});
  f.commit();
  CHECK(f.observer.ended->state == TaskState::Complete);
}

TEST_CASE("a failed decision that a person resolves creates its steps in the same commit, and they are sent after it") {
  Fixture f;
  const TaskId id = f.submit(
      TemplateBuilder().step("d").type(StepType::Decision).step("x", {"d"}).step("y", {"d"}).step("c").build());
  f.tick();
  f.commit();
  f.sent();
  const auto no = std::make_shared<ErrorInfo>();
  no->kind = ErrorKind::PermanentError;
  no->retryable = false;
  f.answer("d", Failed{no});
  f.commit();
  CHECK(f.engine.resolve(id, "d", JsonText::trusted(choose({"z"}))) != std::nullopt);
  CHECK(!f.engine.resolve(id, "d", JsonText::trusted(choose({"y"}))));
  f.tick();
  const auto& written = std::get<Transition>(f.store.held_batch(0).writes.at(0));
  CHECK(written.steps.at(0).to == StepState::ResolvedManually);
  REQUIRE(written.created.size() == 1);
  CHECK(written.created[0].name == "y");
  CHECK(f.sent().empty());
  f.commit();
  CHECK(f.sent() == Names{"y"});
  f.answer("y", Succeeded{});
  f.answer("c", Succeeded{});
  f.commit();
  CHECK(f.observer.ended->state == TaskState::Complete);
}

TEST_CASE("an engine that ends while a commit is under way is not called back") {
  ManualPost post;
  HeldStore store(post);
  {
    HandlerRegistry registry;
    ManualClock clock;
    RecordingObserver observer;
    Engine engine(store, registry, clock, observer, [] {});
    engine.submit({line(), JsonText::trusted("{}"), {}});
    engine.tick();
  }
  store.release_all();
  CHECK(post.run_all() == 1);
}

TEST_CASE("a task begins with the steps that hang on no decision and no batch") {
  Fixture f;
  f.submit(TemplateBuilder().step("d").type(StepType::Decision).step("x", {"d"}).step("free").build());
  f.tick();
  const auto& create = std::get<CreateTask>(f.store.held_batch(0).writes.at(0));
  CHECK(create.step_templates == std::vector<StepIndex>{0, 2});
  CHECK(create.step_uuids.size() == 2);
}

TEST_CASE("chosen steps are written with the choice, and sent when both are durable") {
  Fixture f;
  f.submit(TemplateBuilder().step("d").type(StepType::Decision).step("x", {"d"}).step("y", {"d"}).build());
  f.tick();
  f.commit();
  f.sent();
  f.answer("d", Succeeded{JsonText::trusted(choose({"y"})), {}, {}});
  REQUIRE(f.store.held_batch(0).writes.size() == 1);
  const auto& written = std::get<Transition>(f.store.held_batch(0).writes[0]);
  CHECK(written.steps.at(0).to == StepState::Complete);
  REQUIRE(written.created.size() == 1);
  CHECK(written.created[0].name == "y");
  CHECK(f.sent().empty());
  f.commit();
  CHECK(f.sent() == Names{"y"});
  CHECK(f.observer.words ==
        Names{"task.started test", "step.started d#1", "step.completed d", "steps.created d: 1 of 2"});
}

TEST_CASE("a choice that does not become durable creates nothing") {
  Fixture f;
  f.submit(TemplateBuilder().step("d").type(StepType::Decision).step("x", {"d"}).build());
  f.tick();
  f.commit();
  f.sent();
  f.store.fail_next("disk full");
  f.answer("d", Succeeded{JsonText::trusted(choose({"x"})), {}, {}});
  f.commit();
  CHECK(f.sent().empty());
  CHECK(f.engine.store_error());
}

TEST_CASE("a checkpoint is durable before its step is sent again, in the same attempt") {
  Fixture f;
  f.submit(TemplateBuilder().step("a").build());
  f.tick();
  f.commit();
  f.sent();
  f.answer("a", Yielded{JsonText::trusted(R"({"cursor":5})")});
  CHECK(f.sent().empty());
  f.commit();
  CHECK(f.sent() == Names{"a"});
  CHECK(f.handler->contexts.at("a").step().checkpoint.text() == R"({"cursor":5})");
  CHECK(f.handler->contexts.at("a").attempt() == 1);
}

TEST_SUITE_END();
