#include "io/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <list>
#include <utility>

#include "io/one_shot_timer.hpp"

namespace tasker::io {
namespace {

/// A list of signals and who wants to know of them.
class SignalWatch {
 public:
  SignalWatch(boost::asio::io_context& context, std::function<void(int)> function)
      : signals_(context), function_(std::move(function)) {}

  void add(int signal) { signals_.add(signal); }

  void await() {
    signals_.async_wait([this](const auto& error, int signal) {
      if (error) return;
      await();
      function_(signal);
    });
  }

 private:
  boost::asio::signal_set signals_;
  std::function<void(int)> function_;
};

}  // namespace

class EventLoop::Impl {
 public:
  // The hint: one thread runs it; posting and stopping from others stays safe.
  Impl()
      : context_(1), work_(context_.get_executor()), timer_(context_, [this] {
          // It may be replaced while it runs.
          if (const auto function = on_timer_) function();
        }) {}

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::function<void()> on_timer_;
  OneShotTimer timer_;
  std::list<SignalWatch> signals_;
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  impl_->context_.run();
  // Afterwards, not before: a `stop` that comes just before `run` must not be lost.
  impl_->context_.restart();
}

void EventLoop::stop() { impl_->context_.stop(); }

void EventLoop::post(std::function<void()> function) { boost::asio::post(impl_->context_, std::move(function)); }

void EventLoop::set_timer(std::optional<TimePoint> when) {
  if (when) {
    impl_->timer_.expire_at(*when);
  } else {
    impl_->timer_.cancel();
  }
}

void EventLoop::on_timer(std::function<void()> function) { impl_->on_timer_ = std::move(function); }

void EventLoop::on_signals(std::initializer_list<int> signals, std::function<void(int)> function) {
  auto& watch = impl_->signals_.emplace_back(impl_->context_, std::move(function));
  for (const int signal : signals) watch.add(signal);
  watch.await();
}

boost::asio::io_context& EventLoop::context() { return impl_->context_; }

}  // namespace tasker::io
