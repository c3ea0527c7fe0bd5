#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>

#include "tasker/clock.hpp"

namespace boost::asio {
class io_context;
}

namespace tasker::io {

/// The one loop: pipes, child exits, signals, one timer. Runs on the thread that calls `run`; `post` and `stop` come
/// from any.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs until `stop`, which ends the next run at once when none is under way. May be called again afterwards.
  /// Exceptions of handlers pass through; the loop can go on after them.
  void run();
  void stop();
  /// Runs `function` on the loop thread, never inside this call.
  void post(std::function<void()> function);
  /// One timer: calls `on_timer` at `when`; setting it again replaces it; none disarms.
  void set_timer(std::optional<TimePoint> when);
  void on_timer(std::function<void()> function);
  /// Calls `function` with the number of each signal of the list, for as long as the loop lives.
  void on_signals(std::initializer_list<int> signals, std::function<void(int)> function);

  boost::asio::io_context& context();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tasker::io
