#include "worker/flight_policy.hpp"

#include <algorithm>

namespace tasker::worker {

namespace {

/// A few answers are chance: the first ones load what a handler loads late. Of these the quickest counts.
constexpr std::size_t kEnough = 8;
/// Of a moving mean: what the last answer counts is one in so many. On a busy machine any step loses its CPU for some
/// milliseconds now and then, which says nothing of its handler; one that is slow by itself shows it within a few.
constexpr int kMemory = 8;

}  // namespace

FlightPolicy::Handler FlightPolicy::handler(std::string_view name) {
  const auto [found, added] = numbers_.try_emplace(std::string(name), handlers_.size());
  if (added) handlers_.emplace_back();
  return found->second;
}

void FlightPolicy::answered(Handler handler, Duration took) {
  Known& known = handlers_.at(handler);
  if (known.answers < kEnough) {
    known.mean = known.answers == 0 ? took : std::min(known.mean, took);
  } else {
    known.mean += (took - known.mean) / kMemory;
  }
  ++known.answers;
}

std::size_t FlightPolicy::depth(Handler handler) const {
  const Known& known = handlers_.at(handler);
  if (known.answers < kEnough) return std::min(config_.unmeasured, config_.most);
  if (known.mean >= config_.slow) return 1;
  const auto fit = static_cast<std::size_t>(config_.budget / std::max(known.mean, Duration(1)));
  return std::clamp<std::size_t>(fit, 1, config_.most);
}

}  // namespace tasker::worker
