// Several requests on one worker's wire: who waits behind whom, what is taken back, what an end means for each.
#include <algorithm>

#include "worker/pool_fixture.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

/// One worker that takes three requests; `a` (id 2) runs, `b` (3) and `c` (4) wait behind it.
struct Three : PoolFixture {
  Three()
      : PoolFixture(1, TemplateBuilder().step("a").step("b").step("c").step("d"),
                    [](PoolConfig& config) { config.flight = {.most = 3, .unmeasured = 3}; }) {
    submit("a");
    child().says_hello();
    submit("b");
    submit("c");
  }
  void answers_id(int id) {
    child().says(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + kOk + "}");
  }
  void gives_back(int id) {
    child().says(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
                 R"(,"error":{"code":-32800,"message":"cancelled before it was started","data":{"started":false}}})");
  }
  void stops(int id) {
    child().says(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
                 R"(,"error":{"code":-32800,"message":"cancelled","data":{"started":true}}})");
  }
  bool is_back(const std::string& step) const {
    return answers.contains(step) && std::holds_alternative<NotStarted>(answers.at(step).first);
  }
};

}  // namespace

TEST_SUITE_BEGIN("requests in flight");

TEST_CASE(
    "a worker without a step gets one at once, before its start is told; what queues behind it goes with the turn") {
  Three f;
  CHECK(f.child().lines.size() == 5);
  CHECK(f.child().flushed == 3);
}

TEST_CASE("requests travel behind one another up to the depth; each starts when it is the oldest") {
  Three f;
  CHECK(f.child().methods() == Names{"initialize", "initialized", "step/process", "step/process", "step/process"});
  CHECK(f.started == Names{"a"});
  CHECK(f.pool->snapshot().slots.at(0).step->queued_behind == 2);
  f.submit("d");
  CHECK(f.child().lines.size() == 5);
  f.clock.advance(4s);
  f.answers_id(2);
  CHECK(f.started == Names{"a", "b"});
  CHECK(f.child().lines.size() == 6);
  f.clock.advance(1s);
  f.answers_id(3);
  CHECK(f.answers.at("b").second.queued == 4s);
  CHECK(f.answers.at("b").second.duration == 1s);
}

TEST_CASE("a death: the oldest may have run, those behind it are given back") {
  Three f;
  f.child().dies(SIGSEGV);
  CHECK(std::holds_alternative<WorkerLost>(f.answers.at("a").first));
  CHECK(f.is_back("b"));
  CHECK(f.is_back("c"));
}

TEST_CASE("a step's time counts from the moment it is the oldest") {
  Three f;
  f.clock.advance(599s);
  f.answers_id(2);
  f.tick_after(599s);
  CHECK(f.child().signals.empty());
  f.tick_after(1s);
  CHECK(f.child().signals.size() == 2);  // its own cancel, and c taken back
}

TEST_CASE("when a step is asked to stop, what waits behind it is taken back, and nothing more is sent") {
  Three f;
  f.tick_after(600s);
  CHECK(f.child().methods() == Names{"initialize", "initialized", "step/process", "step/process", "step/process",
                                     "$/cancelRequest", "$/cancelRequest", "$/cancelRequest"});
  f.submit("d");
  f.gives_back(3);
  f.gives_back(4);
  CHECK(f.is_back("b"));
  CHECK(f.is_back("c"));
  CHECK(f.child().lines.size() == 8);
  f.stops(2);
  CHECK(std::holds_alternative<TimedOut>(f.answers.at("a").first));
  CHECK(f.child().methods().back() == "step/process");  // it acknowledged: d goes there
}

TEST_CASE("a request behind another one is cancelled without harm to that one") {
  Three f;
  f.pool->cancel(f.dispatches["b"], CancelReason::TaskCancelled, CancelUrgency::IfQueued);
  CHECK(f.child().lines.back() == R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":3}})");
  f.tick_after(1h - 3000s);
  CHECK(f.child().group_signals.empty());
  f.gives_back(3);
  CHECK(f.is_back("b"));
  f.answers_id(2);
  CHECK(f.started == Names{"a", "c"});
}

TEST_CASE(
    "a request that was taken back and had started: stopped when its task asked, given back when only the engine did") {
  Three f;
  f.pool->cancel(f.dispatches["b"], CancelReason::TaskCancelled, CancelUrgency::IfQueued);
  f.answers_id(2);
  f.stops(3);
  CHECK(f.outcome<Cancelled>("b").reason == CancelReason::TaskCancelled);
  Three g;
  g.pool->stop();
  g.answers_id(2);
  g.stops(3);
  CHECK(g.outcome<WorkerLost>("b").by_engine);
}

TEST_CASE("a request that was taken back and is cancelled then counts as cancelled, also when its worker dies") {
  Three f;
  f.tick_after(600s);  // a's deadline: b and c are taken back
  f.pool->cancel(f.dispatches["b"], CancelReason::TaskCancelled, CancelUrgency::Graceful);
  f.stops(2);
  f.child().dies(SIGKILL);
  CHECK(f.outcome<Cancelled>("b").reason == CancelReason::TaskCancelled);
  CHECK(f.is_back("c"));
}

TEST_CASE("answers out of their order are not believed") {
  Three f;
  f.answers_id(3);
  CHECK(f.child().group_signals == std::vector{SIGKILL});
  f.child().dies(SIGKILL);
  CHECK(f.outcome<WorkerLost>("a").error->message == "worker 100 answered request 3 before request 2; it was killed");
  CHECK(f.is_back("b"));
}

TEST_CASE("a worker is sent no more steps than it may still run, however much waits; then it goes") {
  PoolFixture f(1, TemplateBuilder().step("a").step("b").step("c").step("d"), [](PoolConfig& config) {
    config.flight = {.most = 8, .unmeasured = 8};
    config.worker.recycle.max_steps = 2;
  });
  for (const char* step : {"a", "b", "c", "d"}) f.submit(step);
  f.child().says_hello();
  CHECK(f.child().lines.size() == 4);  // a and b, no c
  f.child().says(R"({"jsonrpc":"2.0","id":2,"result":)" + kOk + "}");
  CHECK(f.child().lines.size() == 4);
  CHECK(!f.child().stdin_closed);
  f.child().says(R"({"jsonrpc":"2.0","id":3,"result":)" + kOk + "}");
  CHECK(f.child().stdin_closed);
  CHECK(f.started == Names{"a", "b"});
}

TEST_CASE("a runner that is shutting down gives steps back, and is not asked again") {
  Three f;
  f.child().says(R"({"jsonrpc":"2.0","id":2,"error":{"code":-32006,"message":"the worker is shutting down"}})");
  CHECK(f.is_back("a"));
  f.submit("d");
  CHECK(f.child().lines.size() == 5);
}

TEST_CASE("a step that holds up others is left alone while nobody else could run them") {
  Three f;
  f.tick_after(1h - 3001s);
  CHECK(f.child().signals.empty());
  CHECK(f.pool->next_due() > f.clock.steady());
}

TEST_CASE("what waits behind a step for 20 ms is taken back when another worker is idle, and runs there") {
  PoolFixture f(2, TemplateBuilder().step("a").step("b").step("c"),
                [](PoolConfig& config) { config.flight = {.most = 3, .unmeasured = 3}; });
  f.submit("a");
  f.child(0).says_hello();
  f.submit("b");
  f.submit("c");
  CHECK(f.launcher.children.size() == 1);
  f.tick_after(19ms);
  CHECK(f.launcher.children.size() == 1);
  f.tick_after(1ms);
  REQUIRE(f.launcher.children.size() == 2);  // another worker is had for them first
  CHECK(f.child(0).signals.empty());
  const int wakes = f.wakes;
  f.child(1).says_hello();
  CHECK(f.wakes > wakes);
  f.tick_after(0ms);
  CHECK(f.child(0).methods() == Names{"initialize", "initialized", "step/process", "step/process", "step/process",
                                      "$/cancelRequest", "$/cancelRequest"});
  CHECK(f.child(0).lines.back() ==
        R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":4,"queued_only":true}})");
  CHECK(f.child(0).signals == std::vector{SIGURG});
  CHECK(f.child(1).methods() == Names{"initialize", "initialized"});  // never before they are given back
  f.tick_after(50ms);
  CHECK(f.child(0).signals.size() == 1);
  f.child(0).says(
      R"({"jsonrpc":"2.0","id":3,"error":{"code":-32800,"message":"not started","data":{"started":false}}})");
  CHECK(std::holds_alternative<NotStarted>(f.answers.at("b").first));
  f.submit("b");
  CHECK(f.child(1).methods().back() == "step/process");
}

TEST_CASE("a request that was taken back and runs after all is no less trusted, nor is its worker") {
  Three f;
  f.pool->tick(f.clock.steady());
  f.tick_after(600s);  // a's deadline: b and c are taken back
  f.gives_back(4);
  f.stops(2);
  CHECK(f.started == Names{"a", "b"});
  f.answers_id(3);
  CHECK(std::holds_alternative<Succeeded>(f.answers.at("b").first));
  CHECK(!f.answers.at("b").second.late);
  f.submit("d");
  CHECK(f.child().methods().back() == "step/process");
}

TEST_CASE("quick handlers get a queue on their worker once they are known; slow ones lose it at once") {
  PoolFixture f(1, TemplateBuilder().step("a"));
  f.submit("a");
  f.child().says_hello();
  for (int i = 0; i < 8; ++i) {
    f.clock.advance(100us);
    f.child().result(kOk);
    f.submit("a");
  }
  f.submit("a");
  f.submit("a");
  CHECK(f.pool->snapshot().slots.at(0).step->queued_behind == 2);
  const std::int64_t last = f.child().last_id();
  f.clock.advance(10ms);
  for (std::int64_t id = last - 2; id <= last; ++id) f.child().result(kOk, id);
  f.submit("a");
  f.submit("a");
  CHECK(f.pool->snapshot().slots.at(0).step->queued_behind == 0);
  CHECK(f.pool->snapshot().queued == 1);
}

TEST_CASE("a request that does not fit into the pipe behind another one waits for a worker with nothing to do") {
  PoolFixture f(1, TemplateBuilder().step("a").step("b").step("c"),
                [](PoolConfig& config) { config.flight = {.most = 3, .unmeasured = 3}; });
  f.submit("a");
  f.child().pipe_bytes = 4096;
  f.child().says_hello();
  f.submit("b");
  CHECK(f.child().lines.size() == 3);
  f.child().result(kOk);
  CHECK(f.child().lines.size() == 4);
}

TEST_CASE("an at_most_once step travels alone") {
  PoolFixture f(1, TemplateBuilder().step("a").step("b").at_most_once().step("c"),
                [](PoolConfig& config) { config.flight = {.most = 3, .unmeasured = 3}; });
  f.submit("a");
  f.child().says_hello();
  f.submit("b");
  f.submit("c");
  CHECK(f.child().lines.size() == 3);
  f.child().result(kOk);
  CHECK(f.child().lines.size() == 4);  // b, and nothing behind it
  f.child().result(kOk);
  CHECK(f.child().lines.size() == 5);
}

// --- new code
// ----------------------------------------------------------------------------------------------------------

namespace {

/// The same, and new code is served by a second process while all three are with the first.
struct Reloaded : Three {
  Reloaded() {
    pool->reload();
    tick_after(0s);
    child(1).says_hello();
  }
  /// Steps that were sent to the process with the new code.
  std::size_t sent_to_new() {
    const Names methods = child(1).methods();
    return static_cast<std::size_t>(std::count(methods.begin(), methods.end(), "step/process"));
  }
};

}  // namespace

TEST_CASE("new code: what waits on the old worker is done there, once, and only then is it let go") {
  Reloaded f;
  f.answers_id(2);
  f.answers_id(3);
  CHECK_FALSE(f.child(0).stdin_closed);
  f.answers_id(4);
  for (const char* step : {"a", "b", "c"}) CHECK(std::holds_alternative<Succeeded>(f.answers.at(step).first));
  CHECK(f.started == Names{"a", "b", "c"});
  CHECK(f.sent_to_new() == 0);
  CHECK(f.child(0).stdin_closed);
}

TEST_CASE("new code: an old worker that dies with steps waiting on it gives these back, and the new one takes them") {
  Reloaded f;
  f.child(0).dies(SIGSEGV);
  CHECK(std::holds_alternative<WorkerLost>(f.answers.at("a").first));
  CHECK(f.is_back("b"));
  CHECK(f.is_back("c"));
  CHECK(f.sent_to_new() == 0);  // sending again is the engine's to decide
  f.submit("b");
  CHECK(f.started == Names{"a", "b"});
  CHECK(f.sent_to_new() == 1);
}

TEST_SUITE_END();
