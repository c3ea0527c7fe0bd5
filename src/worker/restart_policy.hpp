#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "tasker/clock.hpp"

namespace tasker::worker {

/// When a slot may start its next process. Pure. A worker that dies after it has completed a step is replaced at once;
/// each further end without a completed step in between doubles the wait, from 100 ms to 30 s, with 20 % jitter.
class RestartPolicy {
 public:
  void on_step_completed() { failures_ = 0; }
  /// The process ended, or could not be started, without the engine wanting it. `random` is in [0, 1).
  void on_failure(TimePoint now, double random);
  TimePoint next_start() const { return next_start_; }
  int consecutive_failures() const { return failures_; }

 private:
  int failures_ = 0;
  TimePoint next_start_{};
};

/// Opens after five boots that failed within a minute: then steps wait, and one boot is tried every 30 s. Pure.
class BootBreaker {
 public:
  void on_boot_failed(TimePoint now);
  void on_boot_succeeded();
  bool is_open() const { return open_since_.has_value(); }
  /// True when a boot may be tried now; an open breaker lets one through every 30 s.
  bool may_boot(TimePoint now) const;
  /// A boot was tried.
  void on_boot(TimePoint now) { last_probe_ = now; }
  std::optional<TimePoint> next_probe() const;

 private:
  std::deque<TimePoint> failures_;
  std::optional<TimePoint> open_since_;
  TimePoint last_probe_{};
};

}  // namespace tasker::worker
