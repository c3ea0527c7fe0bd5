#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "io/watched_fd.hpp"

namespace tasker::io {

/// What a child has yet to read: a queue in front of its stdin that never blocks. Loop thread only.
class StdinQueue {
 public:
  StdinQueue(EventLoop& loop, UniqueFd pipe);
  ~StdinQueue();
  StdinQueue(const StdinQueue&) = delete;
  StdinQueue& operator=(const StdinQueue&) = delete;

  /// What is given in one turn of the loop is written together, at its end.
  void write(std::string bytes);
  /// Now.
  void flush();
  /// Bytes that are not in the pipe: not yet, or never when it is closed.
  std::size_t unwritten() const { return unwritten_; }
  /// What the pipe holds at most.
  std::size_t capacity() const { return capacity_; }
  /// What is queued is written first.
  void close_after_writing();
  void drop();

 private:
  void flush_later();
  /// False when the pipe is full or gone.
  bool write_some();
  void forget_written(std::size_t count);

  EventLoop& loop_;
  WatchedFd pipe_;
  std::deque<std::string> queue_;
  std::size_t written_of_front_ = 0;
  std::size_t unwritten_ = 0;
  std::size_t capacity_;
  bool closing_ = false;
  bool waits_for_room_ = false;
  /// Points to this while it lives and a flush is posted.
  std::shared_ptr<StdinQueue*> posted_;
};

}  // namespace tasker::io
