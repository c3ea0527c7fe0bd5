#include "io/one_shot_timer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <optional>
#include <utility>

namespace tasker::io {

struct OneShotTimer::State {
  State(boost::asio::io_context& context, std::function<void()> on_expired_function)
      : timer(context), on_expired(std::move(on_expired_function)) {}

  boost::asio::steady_timer timer;
  std::function<void()> on_expired;
  std::optional<TimePoint> armed;
  std::uint64_t generation = 0;
};

OneShotTimer::OneShotTimer(boost::asio::io_context& context, std::function<void()> on_expired)
    : state_(std::make_shared<State>(context, std::move(on_expired))) {}

OneShotTimer::~OneShotTimer() { cancel(); }

void OneShotTimer::expire_at(TimePoint when) {
  if (state_->armed == when) return;
  state_->armed = when;
  state_->timer.expires_at(when);
  // asio can't take back a handler that is queued already, hence the generation.
  state_->timer.async_wait([weak = std::weak_ptr(state_), generation = ++state_->generation](const auto& error) {
    const auto state = weak.lock();
    if (error || !state || state->generation != generation) return;
    state->armed.reset();
    state->on_expired();
  });
}

void OneShotTimer::cancel() {
  ++state_->generation;
  if (std::exchange(state_->armed, std::nullopt)) state_->timer.cancel();
}

}  // namespace tasker::io
