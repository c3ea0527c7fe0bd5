#include "worker/escalation.hpp"

#include <algorithm>

#include "core/enum_names.hpp"

namespace tasker::worker {

namespace {

constexpr EnumNames<Escalation::Stage, 6> kStages({"waiting", "recalled", "running", "cancelling", "terminating",
                                                   "killed"});

}  // namespace

std::string_view to_string(Escalation::Stage stage) { return kStages.name(stage); }

std::optional<TimePoint> Escalation::deadline() const {
  return stage_ == Stage::Running ? std::optional(next_) : std::nullopt;
}

void Escalation::begin(TimePoint now, Duration timeout) {
  if (stage_ == Stage::Waiting) {
    stage_ = Stage::Running;
    next_ = now + timeout;
  } else if (stage_ == Stage::Recalled) {
    // The runner was quicker. A cancel that is under way is for a running step now.
    stage_ = reason_ ? Stage::Cancelling : Stage::Running;
    next_ = now + (reason_ ? config_.cancel_grace : timeout);
  }
}

Escalation::Action Escalation::cancel(CancelReason reason, TimePoint now) {
  if (reason_) return Action::None;
  reason_ = reason;
  if (stage_ == Stage::Running) {
    stage_ = Stage::Cancelling;
    next_ = now + config_.cancel_grace;
  } else {
    stage_ = Stage::Recalled;
  }
  next_nudge_ = now + config_.nudge_interval;
  return Action::Cancel;
}

Escalation::Action Escalation::recall(TimePoint now) {
  if (stage_ != Stage::Waiting) return Action::None;
  stage_ = Stage::Recalled;
  next_nudge_ = now + config_.nudge_interval;
  return Action::Recall;
}

Escalation::Action Escalation::kill(CancelReason reason) {
  if (stage_ == Stage::Killed) return Action::None;
  if (!reason_) reason_ = reason;
  stage_ = Stage::Killed;
  return Action::Kill;
}

Escalation::Action Escalation::nudge_if_due(TimePoint now) {
  if (now < next_nudge_) return Action::None;
  next_nudge_ = now + config_.nudge_interval;
  return Action::Nudge;
}

Escalation::Action Escalation::due(TimePoint now) {
  switch (stage_) {
    case Stage::Running:
      return now >= next_ ? cancel(CancelReason::Deadline, now) : Action::None;
    case Stage::Recalled:
      return nudge_if_due(now);
    case Stage::Cancelling:
      if (now < next_) return nudge_if_due(now);
      stage_ = Stage::Terminating;
      next_ = now + config_.term_grace;
      return Action::Terminate;
    case Stage::Terminating:
      if (now < next_) return Action::None;
      stage_ = Stage::Killed;
      return Action::Kill;
    case Stage::Waiting:
    case Stage::Killed:
      return Action::None;
  }
  return Action::None;
}

TimePoint Escalation::next_due() const {
  switch (stage_) {
    case Stage::Running:
    case Stage::Terminating:
      return next_;
    case Stage::Cancelling:
      return std::min(next_, next_nudge_);
    case Stage::Recalled:
      return next_nudge_;
    case Stage::Waiting:
    case Stage::Killed:
      return TimePoint::max();
  }
  return TimePoint::max();
}

void Escalation::extend(TimePoint deadline) {
  if (stage_ == Stage::Running) next_ = std::max(next_, deadline);
}

void Escalation::shift(Duration by) {
  if (next_ != TimePoint::max()) next_ += by;
  next_nudge_ += by;
}

}  // namespace tasker::worker
