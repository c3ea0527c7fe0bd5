#pragma once

#include <algorithm>

#include "tasker/clock.hpp"

namespace tasker {

/// Notices that time went by in which the loop did not run: the machine was paused, the engine got SIGSTOP, or somebody
/// blocked the loop. Whoever waits on a deadline is not to blame for that time. Pure.
class StallWatch {
 public:
  /// When to look again, given what is due next (TimePoint::max(): nothing). While anything is due the loop turns at
  /// least once a second, so that a pause is noticed however far off the next deadline is.
  TimePoint arm(TimePoint next, TimePoint now) {
    armed_for_ = next == TimePoint::max() ? next : std::min(next, now + kBeat);
    return armed_for_;
  }
  /// The time by which every deadline moves; zero when the loop is on time. Told once.
  Duration stood_still(TimePoint now) {
    if (armed_for_ == TimePoint::max() || now - armed_for_ <= kTolerance) return Duration::zero();
    const Duration late = now - armed_for_;
    armed_for_ = now;
    return late;
  }

 private:
  static constexpr Duration kBeat = std::chrono::seconds(1);
  static constexpr Duration kTolerance = std::chrono::seconds(1);
  TimePoint armed_for_ = TimePoint::max();
};

}  // namespace tasker
