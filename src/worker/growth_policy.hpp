#pragma once

#include "tasker/clock.hpp"

namespace tasker::worker {

/// When a further worker is worth its boot. A Ruby takes tens of milliseconds of a core to start: a short step that
/// waits behind another short one is done before that. So the first worker starts at once, and further ones when steps
/// have been waiting without a break for as long as `patience`. Pure.
class GrowthPolicy {
 public:
  explicit GrowthPolicy(Duration patience) : patience_(patience) {}

  /// Steps wait for a worker, or none does.
  void see(bool waiting, TimePoint now) {
    if (!waiting) {
      since_ = TimePoint::max();
    } else if (since_ == TimePoint::max()) {
      since_ = now;
    }
    grows_ = waiting && now - since_ >= patience_;
  }
  /// As many workers as steps that wait are worth it.
  bool grows() const { return grows_; }
  /// When to look again.
  TimePoint next_due() const { return grows_ || since_ == TimePoint::max() ? TimePoint::max() : since_ + patience_; }

 private:
  Duration patience_;
  TimePoint since_ = TimePoint::max();  ///< steps have been waiting; max: none waits
  bool grows_ = false;
};

}  // namespace tasker::worker
