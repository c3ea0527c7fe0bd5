#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tasker/clock.hpp"
#include "tasker/workers.hpp"

namespace tasker::worker {

/// When healthy workers are let go; 0: never.
struct RecycleLimits {
  std::uint64_t max_steps = 0;
  std::int64_t max_rss_kb = 0;
  Duration worker_ttl{};
  Duration idle_ttl{};
};

struct Recycle {
  RecycleReason reason;
  std::string why;  ///< "ran 1000 steps"
};

/// Whether one worker has served its time. Asked between its steps only, so nothing that runs is interrupted. Pure.
/// Steps and age have up to 15 % less than their limit, by chance, so that workers started together do not all end
/// together.
class RecyclePolicy {
 public:
  /// `random` is in [0, 1).
  RecyclePolicy(const RecycleLimits& limits, TimePoint started, double random);

  /// Its age counts from now: a limit that is shorter than its boot must not keep it from ever serving.
  void on_ready(TimePoint now) { started_ = *(idle_since_ = now); }
  void on_step_sent() { idle_since_.reset(); }
  void on_step_ended(TimePoint now, std::optional<std::int64_t> rss_kb);

  /// Why it should go, when it has no step.
  std::optional<Recycle> due(TimePoint now) const;
  /// Its time is over, at the latest with the steps it was sent: nothing more should be, so that it comes to have none.
  /// Each gets one step.
  bool will_have_served(std::size_t sent, TimePoint now) const {
    const std::uint64_t steps = steps_ + sent;
    return steps > 0 && (served(now) || (limits_.max_steps > 0 && steps >= limits_.max_steps));
  }
  /// When time alone makes it due.
  TimePoint next_due() const;
  /// The machine stood still for that time.
  void shift(Duration by);

  std::uint64_t steps() const { return steps_; }
  std::optional<std::int64_t> rss_kb() const { return rss_kb_; }
  TimePoint started() const { return started_; }

 private:
  std::optional<Recycle> served(TimePoint now) const;

  RecycleLimits limits_;
  TimePoint started_;
  std::optional<TimePoint> idle_since_;
  std::uint64_t steps_ = 0;
  std::optional<std::int64_t> rss_kb_;
};

}  // namespace tasker::worker
