#include "worker/pool_fixture.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

bool told(const PoolFixture& f, const std::string& word) {
  return std::find(f.observer.words.begin(), f.observer.words.end(), word) != f.observer.words.end();
}

void says_hello_with_cap(FakeChild& child, const std::string& handler, int cap) {
  child.result(R"({"protocol_version":1,"runner":{"pid":)" + std::to_string(child.pid) + R"(},"handlers":[{"name":")" +
               handler + R"(","api":"process","aliases":["alias"],"concurrency":)" + std::to_string(cap) +
               R"(},{"name":"Free","api":"process"}],"features":[]})");
}

std::string usage(int rss_kb) {
  return R"({"results":1,"usage":{"cpu_us":1,"max_rss_kb":9,"rss_kb":)" + std::to_string(rss_kb) + "}}";
}

std::int64_t generation_of(const FakeChild& child) {
  const auto params = JsonMembers::of(child.lines.at(0)).find("params").value();
  return JsonMembers::of(JsonMembers::of(params).find("worker").value()).integer("generation").value();
}

const std::string kSyntaxError = R"({"file":"x.rb","line":3,"class":"SyntaxError","backtrace":["x.rb:3"],"files":[]})";

/// One ready worker of generation 1 that runs `a`.
struct Running : PoolFixture {
  explicit Running(std::size_t workers = 1, const std::function<void(PoolConfig&)>& configure = nullptr)
      : PoolFixture(workers, TemplateBuilder().step("a").step("b").step("c").step("d"), configure) {
    submit("a");
    child().says_hello();
  }
};

void fail_to_load(FakeChild& child) {
  child.error(-32005, "x.rb:3: SyntaxError: unexpected end", kSyntaxError);
  child.dies(SIGKILL);
}

}  // namespace

// --- recycling
// ---------------------------------------------------------------------------------------------------------
TEST_SUITE_BEGIN("supervision");

TEST_CASE("a worker that has run its number of steps is let go and replaced at once, which is no failure") {
  Running f(1, [](PoolConfig& config) { config.worker.recycle.max_steps = 1; });
  f.submit("b");
  f.child().result(kOk);
  CHECK(told(f, "worker.recycled 1: max_steps"));
  CHECK(f.child().stdin_closed);
  CHECK(f.started == Names{"a"});
  f.child().exits(0);
  CHECK(told(f, "worker.exited 1: exit 0"));
  f.tick_after(0s);
  REQUIRE(f.launcher.children.size() == 2);
  f.child(1).says_hello();
  CHECK(f.started == Names{"a", "b"});
  const SlotCounters counters = f.pool->snapshot().slots.at(0).counters;
  CHECK(counters.recycled == 1);
  CHECK(counters.steps == 1);
  CHECK(counters.step_crashes + counters.idle_crashes + counters.boot_failures == 0);
}

TEST_CASE("too much memory is looked at after a step; nothing is interrupted for it") {
  Running f(1, [](PoolConfig& config) { config.worker.recycle.max_rss_kb = 1000; });
  f.child().result(usage(1000));
  CHECK(!f.child().stdin_closed);
  f.submit("b");
  f.child().result(usage(1001));
  CHECK(told(f, "worker.recycled 1: max_rss"));
  CHECK(f.pool->snapshot().slots.at(0).rss_kb == 1001);
}

TEST_CASE("a worker without work ends after its idle time; the pool says so, and grows again with the next step") {
  Running f(1, [](PoolConfig& config) { config.worker.recycle.idle_ttl = 10s; });
  f.child().result(kOk);
  CHECK(f.pool->next_due() == f.clock.steady() + 10s);
  f.tick_after(10s);
  CHECK(told(f, "worker.recycled 1: idle_ttl"));
  f.child().exits(0);
  f.tick_after(1h);
  CHECK(f.launcher.children.size() == 1);
  CHECK(f.pool->next_due() == TimePoint::max());
  f.submit("b");
  CHECK(f.launcher.children.size() == 2);
}

TEST_CASE("an old worker finishes its step first") {
  Running f(1, [](PoolConfig& config) { config.worker.recycle.worker_ttl = 60s; });
  f.tick_after(60s);
  CHECK(!f.child().stdin_closed);
  f.child().result(kOk);
  CHECK(told(f, "worker.recycled 1: worker_ttl"));
  CHECK(f.child().stdin_closed);
}

TEST_CASE("a worker that does not end when it is let go gets TERM, then KILL, and its slot is filled again") {
  Running f(1, [](PoolConfig& config) { config.worker.recycle.max_steps = 1; });
  f.submit("b");
  f.child().result(kOk);
  CHECK(f.pool->next_due() == f.clock.steady() + 5s);
  f.tick_after(5s);
  CHECK(f.child().group_signals == std::vector{SIGTERM});
  f.tick_after(2s);
  CHECK(f.child().group_signals == std::vector{SIGTERM, SIGKILL});
  f.child().dies(SIGKILL);
  f.tick_after(0s);
  CHECK(f.launcher.children.size() == 2);
  CHECK(f.pool->snapshot().slots.at(0).counters.recycled == 1);
}

TEST_CASE("a runner that says it can't go on gets no further step, and its end is planned") {
  Running f;
  f.submit("b");
  f.child().error(-32002, "NoMemoryError: failed to allocate memory",
                  R"({"class":"NoMemoryError","message":"failed to allocate memory","retryable":true,"retires":true})");
  CHECK(std::holds_alternative<Failed>(f.answers.at("a").first));
  CHECK(told(f, "worker.recycled 1: exhausted"));
  CHECK(f.started == Names{"a"});
  f.child().exits(0);
  f.tick_after(0s);
  f.child(1).says_hello();
  CHECK(f.started == Names{"a", "b"});
  CHECK(f.pool->snapshot().slots.at(0).counters.recycled == 1);
}

// --- failures
// ----------------------------------------------------------------------------------------------------------

TEST_CASE("a slot that waits after its crashes waits, whatever else is free; the pool does not shrink") {
  Running f;
  f.child().dies(SIGSEGV);
  f.submit("b");
  f.tick_after(0s);
  f.child(1).says_hello();
  f.child(1).dies(SIGSEGV);
  f.submit("c");
  f.tick_after(0s);
  CHECK(f.launcher.children.size() == 2);
  const WorkerSlot slot = f.pool->snapshot().slots.at(0);
  CHECK(slot.state == SlotState::Waiting);
  CHECK(*slot.next_start >= 80ms);
  CHECK(slot.counters.step_crashes == 2);
  CHECK(slot.last_end == "killed by SIGSEGV");
  f.tick_after(120ms);
  CHECK(f.launcher.children.size() == 3);
}

TEST_CASE("a slot is not filled from inside its worker's exit, however many steps wait, and its end counts first") {
  Running f;
  f.submit("b");
  f.submit("c");
  f.child(0).dies(SIGSEGV);
  CHECK(f.launcher.children.size() == 1);
  f.tick_after(0s);
  REQUIRE(f.launcher.children.size() == 2);
  f.child(1).says_hello();
  f.child(1).dies(SIGSEGV);
  f.tick_after(0s);
  CHECK(f.launcher.children.size() == 2);  // the second crash in a row waits
  CHECK(f.pool->snapshot().slots.at(0).state == SlotState::Waiting);
  f.tick_after(120ms);
  CHECK(f.launcher.children.size() == 3);
}

TEST_CASE("a process that the machine has no room for at the moment is tried again, and no code is to blame") {
  Running f;
  f.child(0).dies(SIGKILL);
  f.launcher.refusal = "can't start \"ruby\": vfork: Resource temporarily unavailable";
  f.launcher.refusal_code = std::errc::resource_unavailable_try_again;
  f.submit("b");
  CHECK(!f.no_worker);
  CHECK(f.pool->snapshot().slots.at(0).state == SlotState::Waiting);
  f.launcher.refusal.reset();
  f.tick_after(1s);
  REQUIRE(f.launcher.children.size() == 2);
  f.child(1).says_hello();
  CHECK(f.started == Names{"a", "b"});
  CHECK(f.pool->snapshot().generation == 1);
}

TEST_CASE("a machine that has no room for a first worker is asked five times before the run is given up") {
  PoolFixture f;
  f.launcher.refusal = "can't start \"ruby\": vfork: Resource temporarily unavailable";
  f.launcher.refusal_code = std::errc::resource_unavailable_try_again;
  f.submit("a");
  for (int boot = 1; boot < 5; ++boot) {
    CHECK(!f.no_worker);
    f.tick_after(5s);
  }
  REQUIRE(f.no_worker);
  CHECK(f.no_worker->message == *f.launcher.refusal);
}

TEST_CASE("workers that announce other handlers each time are boots that fail: five of them open the breaker") {
  Running f;
  f.child(0).dies(SIGKILL);
  f.submit("b");
  f.tick_after(0s);
  for (std::size_t boot = 1; boot <= 5; ++boot) {
    REQUIRE(f.launcher.children.size() == boot + 1);
    f.child(boot).says_hello({"H", "Other" + std::to_string(boot)});
    CHECK(f.child(boot).group_signals == std::vector{SIGKILL});
    f.child(boot).dies(SIGKILL);
    f.tick_after(5s);
  }
  CHECK(f.pool->snapshot().breaker == BreakerState::Open);
  REQUIRE(f.no_worker);
  CHECK(f.no_worker->message.find("announced other handlers than the first worker") != std::string::npos);
  CHECK(f.started == Names{"a"});
  f.tick_after(30s);
  f.child(6).says_hello();
  CHECK(f.pool->snapshot().breaker == BreakerState::Closed);
  CHECK(f.started == Names{"a", "b"});
}

TEST_CASE("an idle crash is counted apart") {
  Running f;
  f.child().result(kOk);
  f.child().dies(SIGKILL);
  CHECK(f.pool->snapshot().slots.at(0).counters.idle_crashes == 1);
  f.tick_after(0s);
  CHECK(f.launcher.children.size() == 2);
}

TEST_CASE("the breaker's opening and closing are told, and steps wait without an answer meanwhile") {
  PoolFixture f;
  f.submit("a");
  for (std::size_t boot = 0; boot < 5; ++boot) f.child(boot).exits(1), f.tick_after(2s);
  CHECK(told(f, "workers.held the worker ended before it was ready: exit 1"));
  CHECK(f.pool->snapshot().breaker == BreakerState::Open);
  CHECK(f.pool->snapshot().slots.at(0).state == SlotState::Held);
  CHECK(f.pool->next_due() <= f.clock.steady() + 30s);
  f.tick_after(30s);
  CHECK(f.pool->snapshot().breaker == BreakerState::HalfOpen);
  f.tick_after(29s);
  CHECK(f.launcher.children.size() == 6);  // one probe at a time
  f.child(5).says_hello();
  CHECK(told(f, "workers.released"));
  CHECK(!f.no_worker);
  CHECK(f.answers.empty());
  CHECK(f.started == Names{"a"});
}

TEST_CASE("a pool that goes on with fewer workers says how many it has when the breaker opens") {
  Running f(2);
  f.submit("b");
  for (std::size_t boot = 1; boot <= 5; ++boot) f.child(boot).exits(1), f.tick_after(2s);
  CHECK(told(f, "workers.held the worker ended before it was ready: exit 1"));
  CHECK(f.observer.serving_when_held == 1);
}

TEST_CASE("a hello that comes after the boot deadline changes nothing: the process is on its way out") {
  PoolFixture f;
  f.submit("a");
  f.tick_after(30s);
  CHECK(f.child().signals == std::vector{SIGTERM});
  f.child().says_hello();
  CHECK(f.child().group_signals == std::vector{SIGKILL});
  CHECK(f.announced == 0);
  f.child().dies(SIGKILL);
  CHECK(f.pool->snapshot().slots.at(0).counters.boot_failures == 1);
}

TEST_CASE("a hello that is in the pipe at the boot deadline counts") {
  PoolFixture f;
  f.submit("a");
  f.child().in_pipe =
      R"({"jsonrpc":"2.0","id":1,"result":{"protocol_version":1,"runner":{"pid":100},"handlers":[],"features":[]}})"
      "\n";
  f.tick_after(30s);
  CHECK(f.child().group_signals.empty());
  CHECK(f.started == Names{"a"});
}

TEST_CASE("a line that is begun and not ended within 10 s ends the worker") {
  Running f;
  f.child().says_bytes("{\"jsonrpc\":");
  f.tick_after(9s);
  CHECK(f.child().group_signals.empty());
  f.tick_after(1s);
  CHECK(f.child().group_signals == std::vector{SIGKILL});
  f.child().dies(SIGKILL);
  CHECK(f.outcome<WorkerLost>("a").error->message ==
        "worker 100 began a line and did not end it within 10 s; it begins: {\"jsonrpc\":; it was killed");
}

TEST_CASE("an attempt that ended with its process has its cost all the same") {
  PoolFixture f;
  f.submit("a");
  f.child().cpu = 2s;
  f.child().says_hello();
  f.child().cpu = 2s + 345ms;
  f.child().max_rss_kb = 98'000;
  f.clock.advance(3s);
  f.child().dies(SIGKILL);
  const AttemptReport& report = f.answers.at("a").second;
  CHECK(report.cpu_us == 345'000);
  CHECK(report.max_rss_kb == 98'000);
  CHECK(report.duration == 3s);
}

// --- concurrency
// -------------------------------------------------------------------------------------------------------

TEST_CASE("no more steps of a handler run at once than it allows; others pass them by") {
  PoolFixture f(3, TemplateBuilder().step("a").handler("Capped").step("b").handler("alias").step("c").handler("Free"));
  f.submit("a");
  says_hello_with_cap(f.child(0), "Capped", 1);
  f.submit("b");
  f.submit("c");
  CHECK(f.launcher.children.size() == 2);  // nobody is started for a step that may not run
  says_hello_with_cap(f.child(1), "Capped", 1);
  CHECK(f.started == Names{"a", "c"});
  CHECK(f.pool->snapshot().queued == 1);
  f.child(0).result(kOk);
  CHECK(f.started == Names{"a", "c", "b"});
}

// --- new code
// ----------------------------------------------------------------------------------------------------------

TEST_CASE("new code: a first worker boots with it while the old one serves; what runs finishes on the old code") {
  Running f;
  f.pool->reload();
  f.tick_after(0s);
  REQUIRE(f.launcher.children.size() == 2);
  CHECK(generation_of(f.child(1)) == 2);
  CHECK(f.pool->snapshot().reloading);
  f.submit("b");
  f.child(0).result(kOk);
  CHECK(f.started == Names{"a", "b"});  // on the old code, which still serves
  f.child(1).says_hello({"H", "New"});
  CHECK(told(f, "workers.code_loaded 2"));
  CHECK(told(f, "worker.recycled 1: reload"));
  CHECK(f.announced == 2);
  CHECK(f.pool->snapshot().generation == 2);
  f.submit("c");
  CHECK(f.started == Names{"a", "b", "c"});
  CHECK(f.child(1).methods().back() == "step/process");
  CHECK(!f.child(0).stdin_closed);  // b still runs there
  f.child(0).result(kOk);
  CHECK(std::holds_alternative<Succeeded>(f.answers.at("b").first));
  CHECK(f.child(0).stdin_closed);
  f.child(0).exits(0);
  f.tick_after(1h);
  CHECK(f.launcher.children.size() == 2);
}

TEST_CASE("broken new code: the old one goes on, the message names file and line, and the next change is tried") {
  Running f;
  f.pool->reload();
  f.tick_after(0s);
  fail_to_load(f.child(1));
  CHECK(told(f, "workers.code_rejected 2: x.rb:3: SyntaxError: unexpected end"));
  CHECK(!f.no_worker);
  f.child(0).result(kOk);
  f.submit("b");
  CHECK(f.started == Names{"a", "b"});
  CHECK(f.pool->snapshot().generation == 1);
  f.tick_after(1h);
  CHECK(f.launcher.children.size() == 2);
  f.pool->reload();
  f.tick_after(0s);
  REQUIRE(f.launcher.children.size() == 3);
  CHECK(generation_of(f.child(2)) == 3);
  f.child(2).says_hello();
  CHECK(told(f, "workers.code_loaded 3"));
}

TEST_CASE("new code that lacks a handler is no newer version of the old one") {
  Running f;
  f.pool->reload();
  f.tick_after(0s);
  f.child(1).says_hello({"Other"});
  CHECK(told(f, "workers.code_rejected 2: handler \"H\" is gone from /h.rb; to remove it, start anew"));
  CHECK(f.child(1).group_signals == std::vector{SIGKILL});
  f.child(1).dies(SIGKILL);
  f.child(0).result(kOk);
  f.submit("b");
  CHECK(f.started == Names{"a", "b"});
  f.pool->reload();
  f.tick_after(0s);
  f.child(2).says_hello({"H", "Other"});
  CHECK(told(f, "workers.code_loaded 3"));
}

TEST_CASE("a worker that was starting when the files changed, and has other handlers, is no failure") {
  Running f(2);
  f.submit("b");  // starts the second worker
  f.pool->reload();
  f.child(1).says_hello({"H", "New"});
  CHECK(f.child(1).group_signals == std::vector{SIGKILL});
  f.child(1).dies(SIGKILL);
  CHECK(f.pool->snapshot().slots.at(1).counters.boot_failures == 0);
}

TEST_CASE("a worker that dies while the newest code is broken is not replaced by it, but for a try every 30 s") {
  Running f;
  f.pool->reload();
  f.tick_after(0s);
  fail_to_load(f.child(1));
  f.child(0).dies(SIGSEGV);
  f.submit("b");
  f.tick_after(1s);
  CHECK(f.launcher.children.size() == 2);
  CHECK(f.pool->snapshot().slots.at(0).state == SlotState::Held);
  CHECK(f.pool->next_due() == f.clock.steady() + 29s);
  f.tick_after(29s);
  REQUIRE(f.launcher.children.size() == 3);
  f.child(2).says_hello();
  CHECK(f.started == Names{"a", "b"});
}

TEST_CASE("a change while new code is on trial ends that trial and begins another") {
  Running f;
  f.pool->reload();
  f.tick_after(0s);
  f.pool->reload();
  CHECK(f.child(1).group_signals == std::vector{SIGKILL});
  f.child(1).dies(SIGKILL);
  CHECK(!told(f, "workers.code_rejected 2: the worker ended before it was ready: killed by SIGKILL"));
  f.tick_after(0s);
  REQUIRE(f.launcher.children.size() == 3);
  f.child(2).says_hello();
  CHECK(told(f, "workers.code_loaded 3"));
}

TEST_CASE("files that do not load any more when a worker is replaced: told, and the others go on") {
  Running f(2);
  f.submit("b");
  f.child(1).says_hello();
  f.child(1).dies(SIGSEGV);
  f.submit("c");
  f.tick_after(0s);
  fail_to_load(f.child(2));
  CHECK(told(f, "workers.code_rejected 1: x.rb:3: SyntaxError: unexpected end"));
  CHECK(f.no_worker);  // for the day the last one dies
  CHECK(f.pool->has_usable_worker());
  f.child(0).result(kOk);
  CHECK(f.started == Names{"a", "b", "c"});
}

TEST_CASE("somebody who edits the files is waited for") {
  Running f(1, [](PoolConfig& config) { config.watch = true; });
  f.child(0).dies(SIGSEGV);
  f.submit("b");
  f.tick_after(0s);
  fail_to_load(f.child(1));
  CHECK(!f.no_worker);
  f.pool->reload();
  f.tick_after(0s);
  f.child(2).says_hello();
  CHECK(f.started == Names{"a", "b"});
}

TEST_CASE("several workers: idle ones go at once, and the pool is whole again on the new code") {
  Running f(2);
  f.submit("b");
  f.child(1).says_hello();
  f.child(1).result(kOk);
  f.pool->reload();
  f.tick_after(0s);
  f.child(2).says_hello();
  CHECK(f.child(1).stdin_closed);
  f.child(1).exits(0);
  f.tick_after(0s);
  CHECK(f.launcher.children.size() == 3);  // a still runs: its process counts
  f.child(0).result(kOk);
  f.child(0).exits(0);
  f.tick_after(0s);
  REQUIRE(f.launcher.children.size() == 4);
  CHECK(generation_of(f.child(3)) == 2);
}

// --- what is shown
// -----------------------------------------------------------------------------------------------------

TEST_CASE("a snapshot tells what each slot does") {
  Running f(2);
  f.clock.advance(2s);
  f.child().says(R"({"jsonrpc":"2.0","method":"step/heartbeat","params":{"id":2}})");
  f.clock.advance(3s);
  const PoolSnapshot snapshot = f.pool->snapshot();
  REQUIRE(snapshot.slots.size() == 2);
  const WorkerSlot& busy = snapshot.slots[0];
  CHECK(busy.state == SlotState::Busy);
  CHECK(busy.pid == 100);
  CHECK(busy.generation == 1);
  CHECK(busy.age == 5s);
  CHECK(busy.step->name == "a");
  CHECK(busy.step->running == 5s);
  CHECK(busy.step->deadline_in == 595s);
  CHECK(busy.step->last_heard == 3s);
  CHECK(busy.step->stage == "running");
  CHECK(snapshot.slots[1].state == SlotState::Empty);
  CHECK(snapshot.wanted == 1);
  f.tick_after(600s);
  const WorkerSlot stopping = f.pool->snapshot().slots.at(0);
  CHECK(stopping.step->stage == "cancelling");
  CHECK(!stopping.step->deadline_in);
}

TEST_SUITE_END();
