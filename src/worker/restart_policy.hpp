#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "tasker/clock.hpp"
#include "tasker/workers.hpp"

namespace tasker::worker {

/// When a slot may start its next process. Pure. Failed boots, crashes in a step and idle crashes are counted apart,
/// and apart from planned recycling, which waits for nothing. A worker that dies after it has completed a step is
/// replaced at once; each further failure without a completed step in between doubles the wait, from 100 ms to 30 s,
/// with 20 % jitter.
class RestartPolicy {
 public:
  void on_step_completed();
  /// The process ended, or could not be started. `random` is in [0, 1).
  void on_end(WorkerEndKind kind, TimePoint now, double random);

  TimePoint next_start() const { return next_start_; }
  int consecutive_failures() const { return failures_; }
  const SlotCounters& counters() const { return counters_; }

 private:
  void delay(TimePoint now, bool at_once, double random);

  int failures_ = 0;
  TimePoint next_start_{};
  SlotCounters counters_;
};

/// Opens after five boots that failed within a minute: then steps wait, and one boot is tried every 30 s (half open); a
/// boot that succeeds closes it. Pure.
class BootBreaker {
 public:
  BreakerState state() const { return state_; }
  /// True when a boot may be tried now. Half open, one is under way.
  bool may_boot(TimePoint now) const;
  /// When an open breaker lets the next one through.
  std::optional<TimePoint> next_probe() const;

  void on_boot(TimePoint now);
  void on_boot_failed(TimePoint now);
  void on_boot_succeeded();
  /// The engine ended a boot that was under way: it says nothing.
  void on_boot_abandoned();

 private:
  std::deque<TimePoint> failures_;
  BreakerState state_ = BreakerState::Closed;
  TimePoint last_try_{};
};

}  // namespace tasker::worker
