#include "io/stdin_queue.hpp"

#include <fcntl.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

namespace tasker::io {

namespace {

/// 0 for what is no pipe: nothing is written ahead.
std::size_t capacity_of(int fd) {
  const int bytes = ::fcntl(fd, F_GETPIPE_SZ);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

}  // namespace

StdinQueue::StdinQueue(EventLoop& loop, UniqueFd pipe)
    : loop_(loop),
      pipe_(loop, std::move(pipe),
            [this] {
              waits_for_room_ = false;
              flush();
            }),
      capacity_(capacity_of(pipe_.get())) {}

StdinQueue::~StdinQueue() {
  if (posted_) *posted_ = nullptr;
}

void StdinQueue::write(std::string bytes) {
  unwritten_ += bytes.size();
  if (bytes.empty() || closing_ || !pipe_.is_open()) return;
  queue_.push_back(std::move(bytes));
  if (!waits_for_room_) flush_later();
}

void StdinQueue::flush_later() {
  if (posted_) return;
  posted_ = std::make_shared<StdinQueue*>(this);
  loop_.post([queue = posted_] {
    if (!*queue) return;
    StdinQueue& self = **queue;
    self.posted_ = nullptr;
    self.flush();
  });
}

void StdinQueue::close_after_writing() {
  closing_ = true;
  flush();
}

void StdinQueue::drop() {
  pipe_.close();
  queue_.clear();
  written_of_front_ = 0;
}

void StdinQueue::flush() {
  if (waits_for_room_) return;
  while (pipe_.is_open() && !queue_.empty() && write_some()) {
  }
  if (!pipe_.is_open()) return;
  if (!queue_.empty()) {
    waits_for_room_ = true;
    pipe_.await_writable();
  } else if (closing_) {
    drop();
  }
}

bool StdinQueue::write_some() {
  constexpr std::size_t kMaxParts = 64;
  std::array<iovec, kMaxParts> parts{};
  int count = 0;
  std::size_t skip = written_of_front_;
  for (auto it = queue_.begin(); it != queue_.end() && count < static_cast<int>(kMaxParts); ++it, ++count) {
    parts[static_cast<std::size_t>(count)] = {it->data() + skip, it->size() - skip};
    skip = 0;
  }
  const ssize_t written = ::writev(pipe_.get(), parts.data(), count);
  if (written >= 0) {
    forget_written(static_cast<std::size_t>(written));
    return true;
  }
  if (errno == EINTR) return true;
  if (errno != EAGAIN) drop();  // EPIPE: it reads no more; that it ends is told elsewhere
  return false;
}

void StdinQueue::forget_written(std::size_t count) {
  unwritten_ -= count;
  while (count > 0) {
    const std::size_t left = queue_.front().size() - written_of_front_;
    if (count < left) {
      written_of_front_ += count;
      return;
    }
    count -= left;
    written_of_front_ = 0;
    queue_.pop_front();
  }
}

}  // namespace tasker::io
