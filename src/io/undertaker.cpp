#include "io/undertaker.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "io/background_thread.hpp"

namespace tasker::io {
namespace {

/// SIGKILL takes milliseconds; who is stuck in the kernel for longer is named and left behind.
constexpr std::chrono::seconds kPatience(2);

}  // namespace

class Undertaker::Impl {
 public:
  explicit Impl(EventLoop& loop) : loop_(loop), thread_(start_without_signals([this] { run(); })) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void push(Leftovers leftovers, std::function<void(std::vector<Survivor>)> done) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back({std::move(leftovers), std::move(done)});
    }
    changed_.notify_one();
  }

 private:
  struct Order {
    Leftovers leftovers;
    std::function<void(std::vector<Survivor>)> done;
  };

  void run() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (queue_.empty()) return;
      Order order = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      auto survivors = end_leftovers(order.leftovers, kPatience);
      loop_.post([done = std::move(order.done), survivors = std::move(survivors)]() mutable {
        if (done) done(std::move(survivors));
      });
    }
  }

  EventLoop& loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Order> queue_;
  bool ending_ = false;
  std::thread thread_;
};

Undertaker::Undertaker(EventLoop& loop) : loop_(loop) {}
Undertaker::~Undertaker() = default;

void Undertaker::end(Leftovers leftovers, std::function<void(std::vector<Survivor>)> done) {
  if (!impl_) impl_ = std::make_unique<Impl>(loop_);
  impl_->push(std::move(leftovers), std::move(done));
}

}  // namespace tasker::io
