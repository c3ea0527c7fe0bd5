#include "tasker/retry_policy.hpp"

#include <algorithm>

#include "core/enum_names.hpp"

namespace tasker {

namespace {

constexpr EnumNames<Backoff, 5> kBackoffs({"none", "constant", "linear", "exponential", "fibonacci"});

/// How many times the base the wait after attempt `n` is. Grows past any cap long before a double loses count.
double multiple(Backoff backoff, int n) {
  switch (backoff) {
    case Backoff::None:
      return 0;
    case Backoff::Constant:
      return 1;
    case Backoff::Linear:
      return n;
    case Backoff::Exponential: {
      double value = 1;
      for (int i = 1; i < std::min(n, 64); ++i) value *= 2;
      return value;
    }
    case Backoff::Fibonacci: {
      double previous = 0, value = 1;
      for (int i = 1; i < std::min(n, 90); ++i) {
        const double next = previous + value;
        previous = value;
        value = next;
      }
      return value;
    }
  }
  return 0;
}

Duration from_milliseconds(double ms) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(ms));
}

}  // namespace

std::string_view to_string(Backoff backoff) { return kBackoffs.name(backoff); }
std::optional<Backoff> backoff_from(std::string_view name) { return kBackoffs.value(name); }

bool may_retry(const RetryPolicy& policy, int attempts) { return policy.retryable && attempts < policy.max_attempts; }

Duration backoff_delay(const RetryPolicy& policy, int attempt, double random) {
  const double cap = static_cast<double>(policy.max_backoff.count());
  const double plain =
      std::min(static_cast<double>(policy.backoff_base.count()) * multiple(policy.backoff, attempt), cap);
  const double factor = 1 + policy.jitter * (2 * random - 1);
  return from_milliseconds(std::max(0.0, plain * factor));
}

Duration requested_delay(const RetryPolicy& policy, double retry_after_seconds) {
  const double cap = static_cast<double>(policy.max_backoff.count());
  return from_milliseconds(std::clamp(retry_after_seconds * 1000, 0.0, cap));
}

}  // namespace tasker
