#include "worker/restart_policy.hpp"

using namespace tasker;
using namespace tasker::worker;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("restart policy");

TEST_CASE("the first end is followed at once, the next ones after a doubling wait up to 30 s") {
  RestartPolicy policy;
  const TimePoint now{1h};
  std::vector<int> waits;
  for (int i = 0; i < 12; ++i) {
    policy.on_failure(now, 0.5);
    waits.push_back(static_cast<int>((policy.next_start() - now) / 1ms));
  }
  CHECK(waits == std::vector{0, 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000});
}

TEST_CASE("a completed step forgives everything") {
  RestartPolicy policy;
  const TimePoint now{1h};
  for (int i = 0; i < 5; ++i) policy.on_failure(now, 0.5);
  policy.on_step_completed();
  policy.on_failure(now, 0.5);
  CHECK(policy.next_start() == now);
}

TEST_CASE("waits are spread by 20 % so that a herd does not start as one") {
  RestartPolicy low, high;
  const TimePoint now{1h};
  for (int i = 0; i < 2; ++i) low.on_failure(now, 0.0), high.on_failure(now, 0.999999);
  CHECK(low.next_start() == now + 80ms);
  CHECK(high.next_start() > now + 119ms);
}

TEST_CASE("five failed boots within a minute open the breaker, slow ones do not") {
  BootBreaker fast, slow;
  TimePoint now{1h};
  for (int i = 0; i < 5; ++i) fast.on_boot_failed(now + i * 10s), slow.on_boot_failed(now + i * 20s);
  CHECK(fast.is_open());
  CHECK(!slow.is_open());
}

TEST_CASE("an open breaker lets one boot through every 30 s, and closes when one succeeds") {
  BootBreaker breaker;
  const TimePoint now{1h};
  for (int i = 0; i < 5; ++i) breaker.on_boot_failed(now);
  CHECK(!breaker.may_boot(now + 29s));
  CHECK(breaker.may_boot(now + 30s));
  breaker.on_boot(now + 30s);
  CHECK(!breaker.may_boot(now + 59s));
  CHECK(breaker.may_boot(now + 60s));
  breaker.on_boot_succeeded();
  CHECK(breaker.may_boot(now + 31s));
}

TEST_SUITE_END();
