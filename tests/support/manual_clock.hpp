#pragma once

#include "tasker/clock.hpp"

namespace tasker::test {

/// A clock that moves when told; both clocks move together.
class ManualClock final : public Clock {
 public:
  TimePoint steady() const override { return steady_; }
  WallTime wall() const override { return wall_; }
  void advance(Duration by) {
    steady_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::microseconds>(by);
  }

 private:
  TimePoint steady_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace tasker::test
