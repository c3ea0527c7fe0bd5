#pragma once

#include <cstdint>

#include "tasker/clock.hpp"

namespace tasker::worker {

/// Sees a worker out that has nothing to do any more: its stdin is closed, and when it does not end by itself (an
/// at_exit block that hangs) TERM and KILL follow. Pure.
class Retirement {
 public:
  enum class Action : std::uint8_t { None, Terminate, Kill };

  /// It has nothing to do from now on.
  void begin(TimePoint now, Duration grace, Duration term_grace);
  Action due(TimePoint now);
  TimePoint next_due() const { return next_; }
  void shift(Duration by);

 private:
  enum class Stage : std::uint8_t { NotBegun, Leaving, Terminating, Killed };
  Stage stage_ = Stage::NotBegun;
  TimePoint next_ = TimePoint::max();
  Duration term_grace_{};
};

}  // namespace tasker::worker
