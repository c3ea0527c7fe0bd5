#include "worker/escalation.hpp"

#include <algorithm>

namespace tasker::worker {

Escalation::Action Escalation::cancel(CancelReason reason, TimePoint now) {
  if (begun()) return Action::None;
  reason_ = reason;
  stage_ = Stage::Cancelling;
  next_ = now + config_.cancel_grace;
  next_nudge_ = now + config_.nudge_interval;
  return Action::Cancel;
}

Escalation::Action Escalation::kill(CancelReason reason) {
  if (stage_ == Stage::Killed) return Action::None;
  if (!reason_) reason_ = reason;
  stage_ = Stage::Killed;
  return Action::Kill;
}

Escalation::Action Escalation::due(TimePoint now) {
  switch (stage_) {
    case Stage::Running:
      return now >= next_ ? cancel(CancelReason::Deadline, now) : Action::None;
    case Stage::Cancelling:
      if (now >= next_) {
        stage_ = Stage::Terminating;
        next_ = now + config_.term_grace;
        return Action::Terminate;
      }
      if (now < next_nudge_) return Action::None;
      next_nudge_ = now + config_.nudge_interval;
      return Action::Nudge;
    case Stage::Terminating:
      return now >= next_ ? kill(*reason_) : Action::None;
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
    case Stage::Killed:
      return TimePoint::max();
  }
  return TimePoint::max();
}

void Escalation::extend(TimePoint deadline) {
  if (stage_ == Stage::Running) next_ = deadline;
}

void Escalation::shift(Duration by) {
  next_ += by;
  next_nudge_ += by;
}

}  // namespace tasker::worker
