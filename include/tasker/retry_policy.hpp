#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tasker/clock.hpp"

namespace tasker {

/// How the wait grows from attempt to attempt; see `backoff_delay`.
enum class Backoff : std::uint8_t { None, Constant, Linear, Exponential, Fibonacci };

/// The name in a template, e.g. "exponential".
std::string_view to_string(Backoff backoff);
/// The backoff of that name; none: there is none.
std::optional<Backoff> backoff_from(std::string_view name);

/// When and how often a failed step runs again. `max_attempts` is the total, the first included; a step runs once even
/// with `retryable: false` or `max_attempts: 0`.
struct RetryPolicy {
  bool retryable = true;                         ///< false: one attempt, whatever `max_attempts` says
  int max_attempts = 3;                          ///< in total, the first included
  Backoff backoff = Backoff::Exponential;        ///< how the wait grows
  std::chrono::milliseconds backoff_base{1000};  ///< the first wait
  std::chrono::milliseconds max_backoff{30000};  ///< no wait is longer, jitter aside
  double jitter = 0.1;                           ///< 0 to 1: the wait moves by at most this share, up or down

  /// Equal member by member.
  friend bool operator==(const RetryPolicy&, const RetryPolicy&) = default;
};

/// True when a step that has used `attempts` attempts may have another one.
bool may_retry(const RetryPolicy& policy, int attempts);

/// The wait after attempt number `attempt` (1 for the first): base, base*n, base*2^(n-1) or base*fib(n), capped at
/// `max_backoff`, then jitter. `random` is in [0, 1). A pure function.
Duration backoff_delay(const RetryPolicy& policy, int attempt, double random);

/// What the handler asked for (`retry_after`, seconds), capped at `max_backoff`; no jitter.
Duration requested_delay(const RetryPolicy& policy, double retry_after_seconds);

}  // namespace tasker
