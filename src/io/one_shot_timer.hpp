#pragma once

#include <functional>
#include <memory>

#include "tasker/clock.hpp"

namespace boost::asio {
class io_context;
}

namespace tasker::io {

/// Calls a function once at a moment; never after `cancel` or its own end. Loop thread only.
class OneShotTimer {
 public:
  OneShotTimer(boost::asio::io_context& context, std::function<void()> on_expired);
  ~OneShotTimer();
  OneShotTimer(const OneShotTimer&) = delete;
  OneShotTimer& operator=(const OneShotTimer&) = delete;

  /// Replaces the moment that was set before.
  void expire_at(TimePoint when);
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tasker::io
