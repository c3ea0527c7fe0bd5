#include "io/output_thread.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "io/background_thread.hpp"
#include "io/process_signals.hpp"
#include "io/unique_fd.hpp"

namespace tasker::io {
namespace {

constexpr std::size_t kBatch = 64 * 1024;

/// A pipe that polls writable takes PIPE_BUF bytes without blocking; more could hold the thread, and who joins it, for
/// as long as nobody reads. Cut behind a line, because stdout and stderr are often the same terminal.
std::string_view next_piece(std::string_view bytes) {
  if (bytes.size() <= PIPE_BUF) return bytes;
  const auto piece = bytes.substr(0, PIPE_BUF);
  const auto newline = piece.rfind('\n');
  return newline == std::string_view::npos ? piece : piece.substr(0, newline + 1);
}

}  // namespace

class OutputThread::Impl {
 public:
  Impl(EventLoop& loop, int fd, std::size_t capacity, std::function<void(std::error_code)> on_broken);
  ~Impl();

  bool write(std::string chunk, Keep keep);
  bool full() const;
  std::uint64_t dropped() const;
  std::error_code error() const;
  bool flush(TimePoint deadline);
  bool is_terminal() const { return is_terminal_; }

 private:
  void run();
  std::optional<std::string> next_batch();
  void write_all(std::string_view bytes);
  bool wait_until_writable();
  void written(std::size_t size);
  void break_off(int error);
  void wake();
  void take_wake();

  EventLoop& loop_;
  const int fd_;
  const std::size_t capacity_;
  const bool is_terminal_;
  const std::shared_ptr<std::function<void(std::error_code)>> on_broken_;
  const UniqueFd wake_;

  mutable std::mutex mutex_;
  std::condition_variable drained_;
  std::deque<std::string> queue_;
  std::size_t unwritten_ = 0;  ///< the chunk in the thread's hands counts
  std::uint64_t dropped_ = 0;
  bool broken_ = false;
  std::error_code error_;  ///< why
  bool ending_ = false;
  std::thread thread_;
};

OutputThread::Impl::Impl(EventLoop& loop, int fd, std::size_t capacity, std::function<void(std::error_code)> on_broken)
    : loop_(loop),
      fd_(fd),
      capacity_(capacity),
      is_terminal_(::isatty(fd) == 1),
      on_broken_(std::make_shared<std::function<void(std::error_code)>>(std::move(on_broken))),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_) throw std::system_error(errno, std::system_category(), "eventfd");
  ignore_sigpipe();
  thread_ = start_without_signals([this] { run(); });
}

OutputThread::Impl::~Impl() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake();
  thread_.join();
}

bool OutputThread::Impl::write(std::string chunk, Keep keep) {
  {
    const std::lock_guard lock(mutex_);
    if (broken_ || (keep == Keep::IfRoom && unwritten_ >= capacity_)) {
      ++dropped_;
      return false;
    }
    if (chunk.empty()) return true;
    const bool thread_is_busy = unwritten_ > 0;  // and looks at the queue again before it sleeps
    unwritten_ += chunk.size();
    queue_.push_back(std::move(chunk));
    if (thread_is_busy) return true;
  }
  wake();
  return true;
}

bool OutputThread::Impl::full() const {
  const std::lock_guard lock(mutex_);
  return unwritten_ >= capacity_;
}

std::uint64_t OutputThread::Impl::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

std::error_code OutputThread::Impl::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

bool OutputThread::Impl::flush(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return drained_.wait_until(lock, deadline, [this] { return unwritten_ == 0 || broken_; }) && !broken_;
}

void OutputThread::Impl::run() {
  while (const auto batch = next_batch()) write_all(*batch);
}

/// Many small chunks in one, since each costs two system calls. None when the thread has to end.
std::optional<std::string> OutputThread::Impl::next_batch() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (ending_ || broken_) return std::nullopt;
      std::string batch;
      while (!queue_.empty() && batch.size() < kBatch) {
        if (batch.empty()) {
          batch = std::move(queue_.front());
        } else {
          batch += queue_.front();
        }
        queue_.pop_front();
      }
      if (!batch.empty()) return batch;
    }
    pollfd woken{wake_.get(), POLLIN, 0};
    ::poll(&woken, 1, -1);
    take_wake();
  }
}

void OutputThread::Impl::write_all(std::string_view bytes) {
  while (!bytes.empty() && wait_until_writable()) {
    const auto piece = next_piece(bytes);
    const ssize_t count = ::write(fd_, piece.data(), piece.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      written(static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      return break_off(errno);
    }
  }
}

/// False when the thread has to end.
bool OutputThread::Impl::wait_until_writable() {
  pollfd events[] = {{fd_, POLLOUT, 0}, {wake_.get(), POLLIN, 0}};
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return false;
    }
    if (::poll(events, 2, -1) < 0) continue;
    if (events[0].revents != 0) return true;
    take_wake();
  }
}

void OutputThread::Impl::written(std::size_t size) {
  const std::lock_guard lock(mutex_);
  unwritten_ -= size;
  if (unwritten_ == 0) drained_.notify_all();
}

void OutputThread::Impl::break_off(int error) {
  {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    error_ = std::error_code(error, std::system_category());
    queue_.clear();
    unwritten_ = 0;
  }
  drained_.notify_all();
  loop_.post([weak = std::weak_ptr(on_broken_), code = std::error_code(error, std::system_category())] {
    const auto on_broken = weak.lock();
    if (on_broken && *on_broken) (*on_broken)(code);
  });
}

void OutputThread::Impl::wake() {
  constexpr std::uint64_t kOne = 1;
  [[maybe_unused]] const auto ignored = ::write(wake_.get(), &kOne, sizeof(kOne));
}

void OutputThread::Impl::take_wake() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto ignored = ::read(wake_.get(), &count, sizeof(count));
}

OutputThread::OutputThread(EventLoop& loop, int fd, std::size_t capacity,
                           std::function<void(std::error_code)> on_broken)
    : impl_(std::make_unique<Impl>(loop, fd, capacity, std::move(on_broken))) {}

OutputThread::~OutputThread() = default;

bool OutputThread::write(std::string chunk, Keep keep) { return impl_->write(std::move(chunk), keep); }
bool OutputThread::full() const { return impl_->full(); }
std::uint64_t OutputThread::dropped() const { return impl_->dropped(); }
bool OutputThread::flush(TimePoint deadline) { return impl_->flush(deadline); }
std::error_code OutputThread::error() const { return impl_->error(); }
bool OutputThread::is_terminal() const { return impl_->is_terminal(); }

}  // namespace tasker::io
