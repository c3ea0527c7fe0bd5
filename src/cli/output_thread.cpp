#include "cli/output_thread.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace tasker::cli {

namespace {

/// Signals belong to the loop thread: this one takes none.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

/// The descriptor may be non-blocking by somebody else's doing (it is shared with the shell): then wait here.
bool wait_writable(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  return ::poll(&entry, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      if (!wait_writable(fd)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

OutputThread::OutputThread(int fd, Hooks hooks, std::size_t limit_bytes)
    : fd_(fd), limit_bytes_(limit_bytes), hooks_(std::move(hooks)), beat_on_(static_cast<bool>(hooks_.on_beat)) {
  const SignalsBlocked inherited_by_the_thread;
  thread_ = std::thread([this] { run(); });
}

OutputThread::~OutputThread() { finish(); }

void OutputThread::write(std::string text) {
  const std::lock_guard lock(mutex_);
  if (broken_) return;
  waiting_ += text;
  changed_.notify_one();
}

void OutputThread::offer(std::string text) {
  const std::lock_guard lock(mutex_);
  if (broken_) return;
  if (waiting_.size() + text.size() > limit_bytes_) {
    ++dropped_;
    return;
  }
  waiting_ += text;
  changed_.notify_one();
}

void OutputThread::stop_beat() {
  const std::lock_guard lock(beating_);
  beat_on_ = false;
}

void OutputThread::finish() {
  stop_beat();
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

bool OutputThread::is_broken() const {
  const std::lock_guard lock(mutex_);
  return broken_;
}

bool OutputThread::is_behind() const {
  const std::lock_guard lock(mutex_);
  return !waiting_.empty() && !broken_;
}

std::uint64_t OutputThread::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void OutputThread::run() {
  const auto due = [this] { return finishing_ || !waiting_.empty(); };
  while (true) {
    std::string text;
    {
      std::unique_lock lock(mutex_);
      if (hooks_.on_beat) {
        changed_.wait_for(lock, hooks_.beat, due);
      } else {
        changed_.wait(lock, due);
      }
      if (waiting_.empty() && finishing_) return;
      text = std::exchange(waiting_, {});
    }
    if (!text.empty() && !write_out(text)) return;
    const std::lock_guard lock(beating_);
    if (beat_on_) hooks_.on_beat();
  }
}

bool OutputThread::write_out(const std::string& text) {
  if (write_all(fd_, text)) return true;
  {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    waiting_.clear();
  }
  hooks_.on_broken();
  return false;
}

}  // namespace tasker::cli
