#include "worker/retirement.hpp"

namespace tasker::worker {

void Retirement::begin(TimePoint now, Duration grace, Duration term_grace) {
  if (stage_ != Stage::NotBegun) return;
  stage_ = Stage::Leaving;
  next_ = now + grace;
  term_grace_ = term_grace;
}

Retirement::Action Retirement::due(TimePoint now) {
  if (now < next_) return Action::None;
  if (stage_ == Stage::Leaving) {
    stage_ = Stage::Terminating;
    next_ = now + term_grace_;
    return Action::Terminate;
  }
  stage_ = Stage::Killed;
  next_ = TimePoint::max();
  return Action::Kill;
}

void Retirement::shift(Duration by) {
  if (next_ != TimePoint::max()) next_ += by;
}

}  // namespace tasker::worker
