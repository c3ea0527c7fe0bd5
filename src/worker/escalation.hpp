#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tasker/clock.hpp"
#include "tasker/outcome.hpp"

namespace tasker::worker {

struct EscalationConfig {
  Duration cancel_grace = std::chrono::seconds(5);
  Duration term_grace = std::chrono::seconds(2);
  Duration nudge_interval = std::chrono::milliseconds(100);
};

/// How a step that was sent to a worker is stopped: cancel, then TERM to its group, then KILL. Pure; belongs to one
/// request of one worker and ends with that request's answer. While the request stands behind another one it has no
/// deadline, and can only be recalled: given back by its worker unless it runs already, without TERM and KILL. One that
/// turns out to run does so like any other, unless its step was asked to stop.
class Escalation {
 public:
  enum class Stage : std::uint8_t { Waiting, Recalled, Running, Cancelling, Terminating, Killed };
  enum class Action : std::uint8_t { None, Recall, Cancel, Nudge, Terminate, Kill };

  explicit Escalation(EscalationConfig config) : config_(config) {}

  Stage stage() const { return stage_; }
  /// Who asked, from the first action on; none for a request that was only recalled.
  std::optional<CancelReason> reason() const { return reason_; }
  /// It was asked to stop.
  bool begun() const { return stage_ != Stage::Waiting && stage_ != Stage::Running; }
  /// Its process was asked to end.
  bool is_ending() const { return stage_ == Stage::Terminating || stage_ == Stage::Killed; }
  /// The time it may take; none once it is being stopped.
  std::optional<TimePoint> deadline() const;

  /// It is the oldest unanswered request now: its time counts.
  void begin(TimePoint now, Duration timeout);
  /// Asks the step to stop, now. Nothing when that is under way.
  Action cancel(CancelReason reason, TimePoint now);
  /// Takes a request back that stands behind another one.
  Action recall(TimePoint now);
  /// Skips to the end.
  Action kill(CancelReason reason);
  /// What is due.
  Action due(TimePoint now);
  TimePoint next_due() const;
  /// The handler asks for so much time from now on. Never shortens what it has.
  void extend(TimePoint deadline);
  /// The machine stood still for that time.
  void shift(Duration by);

 private:
  Action nudge_if_due(TimePoint now);

  EscalationConfig config_;
  TimePoint next_ = TimePoint::max();
  TimePoint next_nudge_{};
  Stage stage_ = Stage::Waiting;
  std::optional<CancelReason> reason_;
};

std::string_view to_string(Escalation::Stage stage);

}  // namespace tasker::worker
