#pragma once

#include <functional>
#include <memory>

#include "io/event_loop.hpp"
#include "io/unique_fd.hpp"

namespace tasker::io {

/// Owns a descriptor of the loop and says when it is ready; reading and writing is its owner's business, so that bytes
/// can be taken at any moment and never sit in a completed operation. Loop thread only.
class WatchedFd {
 public:
  /// @throws std::system_error when the loop can't take one more
  WatchedFd(EventLoop& loop, UniqueFd fd, std::function<void()> on_ready);
  ~WatchedFd();
  WatchedFd(const WatchedFd&) = delete;
  WatchedFd& operator=(const WatchedFd&) = delete;

  /// Calls `on_ready` once; never inside this call, nor after `close` or its own end.
  void await_readable();
  void await_writable();
  int get() const;
  bool is_open() const;
  void close();

 private:
  struct State;
  enum class Direction { Read, Write };
  void await(Direction direction);

  std::shared_ptr<State> state_;
};

}  // namespace tasker::io
