#include "worker/restart_policy.hpp"

#include <algorithm>

namespace tasker::worker {

namespace {

using namespace std::chrono_literals;
constexpr Duration kFirstWait = 100ms;
constexpr Duration kLongestWait = 30s;
constexpr double kJitter = 0.2;
constexpr std::size_t kFailuresThatOpen = 5;
constexpr Duration kFailureWindow = 60s;
constexpr Duration kProbeInterval = 30s;

}  // namespace

void RestartPolicy::on_step_completed() {
  ++counters_.steps;
  failures_ = 0;
}

void RestartPolicy::on_end(WorkerEndKind kind, TimePoint now, double random) {
  switch (kind) {
    case WorkerEndKind::BootFailed:
      ++counters_.boot_failures;
      return delay(now, false, random);
    case WorkerEndKind::DiedInStep:
      ++counters_.step_crashes;
      return delay(now, failures_ == 0, random);
    case WorkerEndKind::DiedIdle:
      ++counters_.idle_crashes;
      return delay(now, failures_ == 0, random);
    case WorkerEndKind::Recycled:
      ++counters_.recycled;
      return;
    case WorkerEndKind::Stopped:
      return;
  }
}

void RestartPolicy::delay(TimePoint now, bool at_once, double random) {
  Duration wait{};
  if (!at_once) {
    const int doublings = std::clamp(failures_ - 1, 0, 20);
    wait = std::min<Duration>(kFirstWait * (std::int64_t{1} << doublings), kLongestWait);
    wait = std::chrono::duration_cast<Duration>(wait * (1 + kJitter * (2 * random - 1)));
  }
  ++failures_;
  next_start_ = now + wait;
}

bool BootBreaker::may_boot(TimePoint now) const {
  return state_ == BreakerState::Closed || (state_ == BreakerState::Open && now >= *next_probe());
}

std::optional<TimePoint> BootBreaker::next_probe() const {
  if (state_ != BreakerState::Open) return std::nullopt;
  return last_try_ + kProbeInterval;
}

void BootBreaker::on_boot(TimePoint now) {
  last_try_ = now;
  if (state_ == BreakerState::Open) state_ = BreakerState::HalfOpen;
}

void BootBreaker::on_boot_failed(TimePoint now) {
  failures_.push_back(now);
  while (now - failures_.front() > kFailureWindow) failures_.pop_front();
  if (state_ == BreakerState::Closed && failures_.size() >= kFailuresThatOpen) last_try_ = now;
  if (state_ == BreakerState::HalfOpen || failures_.size() >= kFailuresThatOpen) state_ = BreakerState::Open;
}

void BootBreaker::on_boot_succeeded() {
  failures_.clear();
  state_ = BreakerState::Closed;
}

void BootBreaker::on_boot_abandoned() {
  if (state_ == BreakerState::HalfOpen) state_ = BreakerState::Open;
}

}  // namespace tasker::worker
