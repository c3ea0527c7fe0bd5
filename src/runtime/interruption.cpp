#include "runtime/interruption.hpp"

#include <algorithm>

namespace tasker {

namespace {

constexpr Duration kOneSignal = std::chrono::milliseconds(200);  ///< a terminal may deliver one Ctrl-C twice

/// SIGKILL takes milliseconds, on a machine that swaps perhaps a second.
constexpr Duration kKillPatience = std::chrono::seconds(10);

}  // namespace

Interruption::Act Interruption::asked(int signal, TimePoint now) {
  if (asked_ && now - last_ < kOneSignal) return Act::Nothing;
  last_ = now;
  if (signal_ == 0) signal_ = signal;
  if (asked_) return kill(now);
  asked_ = true;
  deadline_ = std::min(deadline_.value_or(TimePoint::max()), now + drain_grace_);  // a shutdown keeps its shorter grace
  return Act::Drain;
}

Interruption::Act Interruption::due(TimePoint now) {
  if (!deadline_ || now < *deadline_) return Act::Nothing;
  if (!killed_) return kill(now);
  deadline_.reset();
  return Act::Abandon;
}

Interruption::Act Interruption::kill(TimePoint now) {
  killed_ = true;
  deadline_ = now + kKillPatience;
  return Act::Kill;
}

void Interruption::allow(Duration grace, TimePoint now) {
  killed_ = false;
  deadline_ = now + grace;
}

void Interruption::shift(Duration by) {
  if (deadline_) *deadline_ += by;
}

}  // namespace tasker
