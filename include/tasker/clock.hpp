#pragma once

#include <chrono>

namespace tasker {

/// A span of time, in nanoseconds.
using Duration = std::chrono::nanoseconds;
/// Monotonic: every deadline and every decision. Never written to a row.
using TimePoint = std::chrono::steady_clock::time_point;
/// Wall clock: rows, events and what people read. Never used to wait.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// One moment read from both clocks, passed to decisions as their `now`.
struct Times {
  TimePoint steady{};  ///< for deadlines
  WallTime wall{};     ///< for people and rows
};

/// Where `now` comes from: the system in production, a hand in tests. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// The monotonic clock.
  virtual TimePoint steady() const = 0;
  /// The wall clock.
  virtual WallTime wall() const = 0;
  /// Both, one after the other.
  Times now() const { return {steady(), wall()}; }
};

/// The clocks of the operating system. Thread-safe.
class SystemClock final : public Clock {
 public:
  TimePoint steady() const override { return std::chrono::steady_clock::now(); }
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace tasker
