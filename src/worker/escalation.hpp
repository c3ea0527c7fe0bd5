#pragma once

#include <cstdint>
#include <optional>

#include "tasker/clock.hpp"
#include "tasker/outcome.hpp"

namespace tasker::worker {

struct EscalationConfig {
  Duration cancel_grace = std::chrono::seconds(5);
  Duration term_grace = std::chrono::seconds(2);
  Duration nudge_interval = std::chrono::milliseconds(100);
};

/// How a running step is stopped: cancel, then TERM to its group, then KILL. Pure; belongs to one request of one worker
/// and ends with that request's answer.
class Escalation {
 public:
  enum class Stage : std::uint8_t { Running, Cancelling, Terminating, Killed };
  enum class Action : std::uint8_t { None, Cancel, Nudge, Terminate, Kill };

  Escalation(TimePoint deadline, EscalationConfig config) : config_(config), next_(deadline) {}

  Stage stage() const { return stage_; }
  /// Who asked, from the first action on.
  std::optional<CancelReason> reason() const { return reason_; }
  bool begun() const { return stage_ != Stage::Running; }

  /// Asks the step to stop, now. Nothing when that is under way.
  Action cancel(CancelReason reason, TimePoint now);
  /// Skips to the end.
  Action kill(CancelReason reason);
  /// What is due.
  Action due(TimePoint now);
  TimePoint next_due() const;
  /// Moves everything that is due: the handler asked for more time, or the machine slept.
  void extend(TimePoint deadline);
  void shift(Duration by);

 private:
  EscalationConfig config_;
  TimePoint next_;
  TimePoint next_nudge_{};
  Stage stage_ = Stage::Running;
  std::optional<CancelReason> reason_;
};

}  // namespace tasker::worker
