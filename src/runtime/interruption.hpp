#pragma once

#include <cstdint>
#include <optional>

#include "tasker/clock.hpp"

namespace tasker {

/// What signals and `Runtime::stop` ask for: the first call drains, the second kills, and so does a drain that outlives
/// its grace. What SIGKILL does not end (a process that is stuck in the kernel) is left behind at last. Decides only;
/// `Runtime` acts. Pure: `now` is passed in.
class Interruption {
 public:
  enum class Act : std::uint8_t { Nothing, Drain, Kill, Abandon };

  explicit Interruption(Duration drain_grace) : drain_grace_(drain_grace) {}

  /// Somebody asks to stop; `signal` is 0 when it was no signal.
  Act asked(int signal, TimePoint now);
  /// `Kill` once the drain's grace is over; `Abandon` when somebody is still there long after a kill.
  Act due(TimePoint now);
  /// Gives everything so much time to end, however it came to that.
  void allow(Duration grace, TimePoint now);
  /// The machine stood still for that time.
  void shift(Duration by);

  std::optional<TimePoint> deadline() const { return deadline_; }
  bool is_asked() const { return asked_; }
  int signal() const { return signal_; }  ///< the first one

 private:
  Act kill(TimePoint now);

  Duration drain_grace_;
  std::optional<TimePoint> deadline_;
  TimePoint last_;
  bool asked_ = false;
  bool killed_ = false;
  int signal_ = 0;
};

}  // namespace tasker
