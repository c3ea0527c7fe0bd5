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

void RestartPolicy::on_failure(TimePoint now, double random) {
  Duration wait{};
  if (failures_ > 0) {
    const int doublings = std::min(failures_ - 1, 20);
    wait = std::min<Duration>(kFirstWait * (std::int64_t{1} << doublings), kLongestWait);
    wait = std::chrono::duration_cast<Duration>(wait * (1 + kJitter * (2 * random - 1)));
  }
  ++failures_;
  next_start_ = now + wait;
}

void BootBreaker::on_boot_failed(TimePoint now) {
  failures_.push_back(now);
  while (now - failures_.front() > kFailureWindow) failures_.pop_front();
  if (failures_.size() >= kFailuresThatOpen && !open_since_) open_since_ = now;
}

void BootBreaker::on_boot_succeeded() {
  failures_.clear();
  open_since_.reset();
}

bool BootBreaker::may_boot(TimePoint now) const { return !open_since_ || now >= *next_probe(); }

std::optional<TimePoint> BootBreaker::next_probe() const {
  if (!open_since_) return std::nullopt;
  return std::max(*open_since_, last_probe_) + kProbeInterval;
}

}  // namespace tasker::worker
