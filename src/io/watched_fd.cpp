#include "io/watched_fd.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <system_error>
#include <utility>

namespace tasker::io {
namespace {

// With the loop's own executor: the type-erased default costs an allocation per wait.
using Descriptor = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

}  // namespace

struct WatchedFd::State {
  State(EventLoop& loop, std::function<void()> on_ready_function)
      : descriptor(loop.context()), on_ready(std::move(on_ready_function)) {}

  Descriptor descriptor;
  std::function<void()> on_ready;
};

WatchedFd::WatchedFd(EventLoop& loop, UniqueFd fd, std::function<void()> on_ready)
    : state_(std::make_shared<State>(loop, std::move(on_ready))) {
  boost::system::error_code error;
  state_->descriptor.assign(fd.get(), error);
  if (error) throw std::system_error(error, "watching a descriptor");
  fd.release();
}

WatchedFd::~WatchedFd() { close(); }

void WatchedFd::await_readable() { await(Direction::Read); }
void WatchedFd::await_writable() { await(Direction::Write); }

void WatchedFd::await(Direction direction) {
  // A handler that is queued already runs with success even when the descriptor was closed meanwhile.
  state_->descriptor.async_wait(direction == Direction::Read ? Descriptor::wait_read : Descriptor::wait_write,
                                [weak = std::weak_ptr(state_)](const auto& error) {
                                  const auto state = weak.lock();
                                  if (!error && state && state->descriptor.is_open()) state->on_ready();
                                });
}

int WatchedFd::get() const { return state_->descriptor.native_handle(); }
bool WatchedFd::is_open() const { return state_->descriptor.is_open(); }

void WatchedFd::close() {
  boost::system::error_code ignored;
  state_->descriptor.close(ignored);
}

}  // namespace tasker::io
