#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

#include "io/event_loop.hpp"

namespace tasker::io {

/// One of the engine's own streams (stdout, stderr), written by a thread of its own behind a bounded queue: a pipe to
/// `less` must not stop deadlines, and O_NONBLOCK on fd 1 would change the user's terminal. Made and ended on the loop
/// thread; `write`, `flush` and the questions come from any.
class OutputThread {
 public:
  enum class Keep { Always, IfRoom };

  /// `on_broken` is called on the loop, once, when nobody reads the stream any more (EPIPE) or it can't be written.
  OutputThread(EventLoop& loop, int fd, std::size_t capacity, std::function<void(std::error_code)> on_broken);
  /// Ends the thread; what is still queued is lost: `flush` first.
  ~OutputThread();
  OutputThread(const OutputThread&) = delete;
  OutputThread& operator=(const OutputThread&) = delete;

  /// Never blocks. False: the chunk was dropped, because the queue is full and it could be spared (`IfRoom`), or
  /// because the stream is broken. What must be kept makes the queue grow past its capacity instead.
  bool write(std::string chunk, Keep keep = Keep::Always);
  /// Whether the queue has reached its capacity: time to admit no more work.
  bool full() const;
  std::uint64_t dropped() const;
  /// Waits until everything is written; false when the deadline came first or the stream is broken.
  bool flush(TimePoint deadline);
  /// Why the stream is broken; none while it is not.
  std::error_code error() const;
  bool is_terminal() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tasker::io
