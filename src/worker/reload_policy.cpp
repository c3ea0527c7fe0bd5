#include "worker/reload_policy.hpp"

namespace tasker::worker {

namespace {

constexpr Duration kTryAgain = std::chrono::seconds(30);

}  // namespace

bool ReloadPolicy::ask() {
  const bool overtaken = phase_ == Phase::Trial;
  phase_ = Phase::Asked;
  return overtaken;
}

void ReloadPolicy::reject(TimePoint now) {
  phase_ = Phase::Rejected;
  next_try_ = now + kTryAgain;
}

bool ReloadPolicy::canary_due(TimePoint now, bool missing) const {
  return phase_ == Phase::Asked || (phase_ == Phase::Rejected && missing && now >= next_try_);
}

void ReloadPolicy::on_canary_started() {
  phase_ = Phase::Trial;
  ++newest_;
}

void ReloadPolicy::on_canary_ready() {
  phase_ = Phase::Serving;
  serving_ = newest_;
}

void ReloadPolicy::on_canary_failed(TimePoint now) {
  if (phase_ == Phase::Trial) reject(now);
}

std::optional<TimePoint> ReloadPolicy::next_try() const {
  return phase_ == Phase::Rejected ? std::optional(next_try_) : std::nullopt;
}

}  // namespace tasker::worker
