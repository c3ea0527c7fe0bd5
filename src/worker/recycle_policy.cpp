#include "worker/recycle_policy.hpp"

#include <algorithm>
#include <cmath>

#include "core/time_text.hpp"

namespace tasker::worker {

namespace {

constexpr double kJitter = 0.15;

std::string megabytes(std::int64_t kb) { return std::to_string((kb + 512) / 1024) + " MB"; }

}  // namespace

RecyclePolicy::RecyclePolicy(const RecycleLimits& limits, TimePoint started, double random)
    : limits_(limits), started_(started) {
  const double part = 1 - kJitter * random;
  limits_.max_steps = static_cast<std::uint64_t>(std::ceil(static_cast<double>(limits.max_steps) * part));
  limits_.worker_ttl = std::chrono::duration_cast<Duration>(limits.worker_ttl * part);
}

void RecyclePolicy::on_step_ended(TimePoint now, std::optional<std::int64_t> rss_kb) {
  ++steps_;
  idle_since_ = now;
  if (rss_kb) rss_kb_ = rss_kb;
}

std::optional<Recycle> RecyclePolicy::due(TimePoint now) const {
  if (!idle_since_) return std::nullopt;
  if (auto recycle = served(now)) return recycle;
  if (limits_.idle_ttl > Duration::zero() && now - *idle_since_ >= limits_.idle_ttl) {
    return Recycle{RecycleReason::IdleTtl, "has had no step for " + human_text(now - *idle_since_)};
  }
  return std::nullopt;
}

std::optional<Recycle> RecyclePolicy::served(TimePoint now) const {
  if (limits_.max_steps > 0 && steps_ >= limits_.max_steps) {
    return Recycle{RecycleReason::MaxSteps, "ran " + std::to_string(steps_) + (steps_ == 1 ? " step" : " steps")};
  }
  if (limits_.max_rss_kb > 0 && rss_kb_.value_or(0) > limits_.max_rss_kb) {
    return Recycle{RecycleReason::MaxRss, "holds " + megabytes(*rss_kb_) + " after its last step; the limit is " +
                                              megabytes(limits_.max_rss_kb)};
  }
  if (limits_.worker_ttl > Duration::zero() && now - started_ >= limits_.worker_ttl) {
    return Recycle{RecycleReason::WorkerTtl, "is " + human_text(now - started_) + " old"};
  }
  return std::nullopt;
}

TimePoint RecyclePolicy::next_due() const {
  TimePoint due = TimePoint::max();
  if (!idle_since_) return due;
  if (limits_.worker_ttl > Duration::zero()) due = std::min(due, started_ + limits_.worker_ttl);
  if (limits_.idle_ttl > Duration::zero()) due = std::min(due, *idle_since_ + limits_.idle_ttl);
  return due;
}

void RecyclePolicy::shift(Duration by) {
  started_ += by;
  if (idle_since_) *idle_since_ += by;
}

}  // namespace tasker::worker
