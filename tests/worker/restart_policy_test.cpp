#include "worker/restart_policy.hpp"

using namespace tasker;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

std::vector<int> waits_after(WorkerEndKind kind, int ends) {
  RestartPolicy policy;
  const TimePoint now{1h};
  std::vector<int> waits;
  for (int i = 0; i < ends; ++i) {
    policy.on_end(kind, now, 0.5);
    waits.push_back(static_cast<int>((policy.next_start() - now) / 1ms));
  }
  return waits;
}

}  // namespace

TEST_SUITE_BEGIN("restart policy");

TEST_CASE("the first crash is followed at once, the next ones after a doubling wait up to 30 s") {
  const std::vector expected{0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000};
  CHECK(waits_after(WorkerEndKind::DiedInStep, 12) == expected);
  CHECK(waits_after(WorkerEndKind::DiedIdle, 12) == expected);
}

TEST_CASE("a boot that failed is never tried again at once") {
  CHECK(waits_after(WorkerEndKind::BootFailed, 4) == std::vector{100, 100, 200, 400});
}

TEST_CASE("a completed step forgives everything") {
  RestartPolicy policy;
  const TimePoint now{1h};
  for (int i = 0; i < 5; ++i) policy.on_end(WorkerEndKind::DiedInStep, now, 0.5);
  policy.on_step_completed();
  policy.on_end(WorkerEndKind::DiedInStep, now, 0.5);
  CHECK(policy.next_start() == now);
}

TEST_CASE("waits are spread by 20 % so that a herd does not start as one") {
  RestartPolicy low, high;
  const TimePoint now{1h};
  for (int i = 0; i < 2; ++i) {
    low.on_end(WorkerEndKind::DiedIdle, now, 0.0);
    high.on_end(WorkerEndKind::DiedIdle, now, 0.999999);
  }
  CHECK(low.next_start() == now + 80ms);
  CHECK(high.next_start() > now + 119ms);
}

TEST_CASE("four kinds of end are counted apart, and what the engine wanted is no failure") {
  RestartPolicy policy;
  const TimePoint now{1h};
  for (const auto kind : {WorkerEndKind::BootFailed, WorkerEndKind::DiedInStep, WorkerEndKind::DiedInStep,
                          WorkerEndKind::DiedIdle, WorkerEndKind::Recycled, WorkerEndKind::Stopped}) {
    policy.on_end(kind, now, 0.5);
  }
  CHECK(policy.counters().boot_failures == 1);
  CHECK(policy.counters().step_crashes == 2);
  CHECK(policy.counters().idle_crashes == 1);
  CHECK(policy.counters().recycled == 1);
  CHECK(policy.consecutive_failures() == 4);
  RestartPolicy planned;
  planned.on_end(WorkerEndKind::Recycled, now, 0.5);
  planned.on_end(WorkerEndKind::Stopped, now, 0.5);
  CHECK(planned.next_start() <= now);
}

TEST_CASE("five failed boots within a minute open the breaker, slow ones do not") {
  BootBreaker fast, slow;
  TimePoint now{1h};
  for (int i = 0; i < 5; ++i) fast.on_boot_failed(now + i * 10s), slow.on_boot_failed(now + i * 20s);
  CHECK(fast.state() == BreakerState::Open);
  CHECK(slow.state() == BreakerState::Closed);
}

TEST_CASE("an open breaker lets one boot through every 30 s, and none beside it; one that succeeds closes it") {
  BootBreaker breaker;
  const TimePoint now{1h};
  for (int i = 0; i < 5; ++i) breaker.on_boot_failed(now);
  CHECK(!breaker.may_boot(now + 29s));
  CHECK(breaker.may_boot(now + 30s));
  breaker.on_boot(now + 30s);
  CHECK(breaker.state() == BreakerState::HalfOpen);
  CHECK(!breaker.may_boot(now + 1h));  // its end is waited for
  breaker.on_boot_failed(now + 40s);
  CHECK(breaker.state() == BreakerState::Open);
  CHECK(!breaker.may_boot(now + 59s));
  CHECK(breaker.may_boot(now + 60s));
  breaker.on_boot(now + 60s);
  breaker.on_boot_succeeded();
  CHECK(breaker.state() == BreakerState::Closed);
  CHECK(breaker.may_boot(now + 61s));
}

TEST_CASE("a probe that fails long after the failures which opened the breaker opens it again") {
  BootBreaker breaker;
  const TimePoint now{1h};
  for (int i = 0; i < 5; ++i) breaker.on_boot_failed(now);
  breaker.on_boot(now + 10min);
  breaker.on_boot_failed(now + 10min + 1s);
  CHECK(breaker.state() == BreakerState::Open);
}

TEST_CASE("a probe that the engine ended itself says nothing: the breaker stays open") {
  BootBreaker breaker;
  const TimePoint now{1h};
  for (int i = 0; i < 5; ++i) breaker.on_boot_failed(now);
  breaker.on_boot(now + 30s);
  breaker.on_boot_abandoned();
  CHECK(breaker.state() == BreakerState::Open);
}

TEST_SUITE_END();
