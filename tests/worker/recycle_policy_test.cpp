#include "worker/recycle_policy.hpp"

using namespace tasker;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kStart{1h};

RecyclePolicy policy(const RecycleLimits& limits, double random = 0) {
  RecyclePolicy made(limits, kStart, random);
  made.on_ready(kStart);
  return made;
}

void run_step(RecyclePolicy& policy, TimePoint end = kStart, std::optional<std::int64_t> rss_kb = std::nullopt) {
  policy.on_step_sent();
  policy.on_step_ended(end, rss_kb);
}

std::optional<RecycleReason> reason(const RecyclePolicy& policy, TimePoint now = kStart) {
  const auto due = policy.due(now);
  return due ? std::optional(due->reason) : std::nullopt;
}

}  // namespace

TEST_SUITE_BEGIN("recycle policy");

TEST_CASE("without limits a worker stays for ever") {
  RecyclePolicy p = policy({});
  for (int i = 0; i < 1000; ++i) run_step(p, kStart, 1 << 30);
  CHECK(!reason(p, kStart + 24h * 365));
  CHECK(p.next_due() == TimePoint::max());
}

TEST_CASE("after its number of steps it goes, up to 15 % earlier by chance, never later") {
  for (const auto& [random, expected] : {std::pair(0.0, 100), std::pair(0.5, 93), std::pair(0.999, 86)}) {
    RecyclePolicy p = policy({.max_steps = 100, .max_rss_kb = 0}, random);
    int steps = 0;
    for (; !p.due(kStart); ++steps) run_step(p);
    CHECK(steps == expected);
    CHECK(reason(p) == RecycleReason::MaxSteps);
  }
  RecyclePolicy one = policy({.max_steps = 1, .max_rss_kb = 0}, 0.999);
  CHECK(!reason(one));
  run_step(one);
  CHECK(one.due(kStart)->why == "ran 1 step");
}

TEST_CASE("too much memory after a step is a reason, not during one") {
  RecyclePolicy p = policy({.max_steps = 0, .max_rss_kb = 100 * 1024});
  run_step(p, kStart, 100 * 1024);
  CHECK(!reason(p));
  run_step(p, kStart, 150 * 1024);
  CHECK(reason(p) == RecycleReason::MaxRss);
  CHECK(p.due(kStart)->why == "holds 150 MB after its last step; the limit is 100 MB");
  p.on_step_sent();
  CHECK(!reason(p));
}

TEST_CASE("an old worker goes between two steps") {
  RecyclePolicy p = policy({.max_steps = 0, .max_rss_kb = 0, .worker_ttl = 60s}, 0);
  CHECK(p.next_due() == kStart + 60s);
  p.on_step_sent();
  CHECK(p.next_due() == TimePoint::max());
  CHECK(!reason(p, kStart + 90s));
  p.on_step_ended(kStart + 90s, std::nullopt);
  CHECK(reason(p, kStart + 90s) == RecycleReason::WorkerTtl);
}

TEST_CASE("idle time counts from the last step, and time in which the machine stood still does not count") {
  RecyclePolicy p = policy({.max_steps = 0, .max_rss_kb = 0, .idle_ttl = 10s});
  CHECK(!reason(p, kStart + 9s));
  CHECK(reason(p, kStart + 10s) == RecycleReason::IdleTtl);
  run_step(p, kStart + 20s);
  CHECK(p.next_due() == kStart + 30s);
  p.shift(1h);
  CHECK(!reason(p, kStart + 1h + 29s));
  CHECK(reason(p, kStart + 1h + 30s) == RecycleReason::IdleTtl);
}

TEST_CASE("a worker whose time is shorter than its boot serves one step all the same") {
  RecyclePolicy made({.worker_ttl = 1s}, kStart, 0);
  made.on_ready(kStart + 20s);
  CHECK_FALSE(made.will_have_served(0, kStart + 20s));
  CHECK_FALSE(reason(made, kStart + 20s));
  CHECK(reason(made, kStart + 21s) == RecycleReason::WorkerTtl);  // nobody had a step for it
  CHECK_FALSE(made.will_have_served(0, kStart + 21s));            // ... should one come at this very moment
  CHECK(made.will_have_served(1, kStart + 21s));                  // no second one behind it
  run_step(made, kStart + 21s);
  CHECK(made.will_have_served(0, kStart + 21s));
}

TEST_SUITE_END();
