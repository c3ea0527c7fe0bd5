#include "tasker/retry_policy.hpp"

using namespace tasker;
using namespace std::chrono_literals;

namespace {

RetryPolicy policy(Backoff backoff) {
  RetryPolicy value;
  value.backoff = backoff;
  value.backoff_base = 100ms;
  value.max_backoff = 1000ms;
  value.jitter = 0;
  return value;
}

std::vector<int> waits(Backoff backoff, int attempts) {
  std::vector<int> out;
  for (int n = 1; n <= attempts; ++n) {
    out.push_back(static_cast<int>(backoff_delay(policy(backoff), n, 0.5) / 1ms));
  }
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("retry policy");

TEST_CASE("each backoff grows as it is written and stops at the cap") {
  CHECK(waits(Backoff::None, 3) == std::vector{0, 0, 0});
  CHECK(waits(Backoff::Constant, 3) == std::vector{100, 100, 100});
  CHECK(waits(Backoff::Linear, 4) == std::vector{100, 200, 300, 400});
  CHECK(waits(Backoff::Exponential, 6) == std::vector{100, 200, 400, 800, 1000, 1000});
  CHECK(waits(Backoff::Fibonacci, 8) == std::vector{100, 100, 200, 300, 500, 800, 1000, 1000});
}

TEST_CASE("an absurd attempt number neither overflows nor takes long") {
  CHECK(backoff_delay(policy(Backoff::Exponential), 1'000'000'000, 0.5) == 1000ms);
  CHECK(backoff_delay(policy(Backoff::Fibonacci), 1'000'000'000, 0.5) == 1000ms);
}

TEST_CASE("jitter moves the wait by at most its share, after the cap") {
  auto value = policy(Backoff::Constant);
  value.jitter = 0.1;
  CHECK(backoff_delay(value, 1, 0.0) == 90ms);
  CHECK(backoff_delay(value, 1, 0.5) == 100ms);
  CHECK(backoff_delay(value, 1, 0.999999) > 109ms);
  CHECK(backoff_delay(value, 1, 0.999999) < 110ms);
}

TEST_CASE("the wait a handler asks for is honoured up to the cap, never below zero") {
  CHECK(requested_delay(policy(Backoff::Exponential), 0.25) == 250ms);
  CHECK(requested_delay(policy(Backoff::Exponential), 60) == 1000ms);
  CHECK(requested_delay(policy(Backoff::Exponential), -1) == 0ms);
}

TEST_CASE("max_attempts is the total, and a policy that is not retryable never retries") {
  RetryPolicy value;
  CHECK(may_retry(value, 2));
  CHECK(!may_retry(value, 3));
  value.retryable = false;
  CHECK(!may_retry(value, 0));
}

TEST_SUITE_END();
