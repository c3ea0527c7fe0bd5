#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "tasker/store.hpp"

namespace tasker::test {

/// The loop of a test: functions are posted from any thread and run when the test says so, on the thread that says it.
/// The queue lives as long as any Post made from it, so a late post is dropped, never a fault.
class ManualPost {
 public:
  Post post() const {
    return [queue = queue_](std::function<void()> function) { queue->push(std::move(function)); };
  }
  /// A ManualPost stands wherever a Post is asked for.
  operator Post() const { return post(); }

  std::size_t pending() const { return queue_->size(); }

  /// Runs the oldest function; false when there is none.
  bool run_one() {
    auto function = queue_->pop();
    if (function) function();
    return static_cast<bool>(function);
  }

  /// Runs until nothing is queued, what the functions post themselves included; says how many ran.
  std::size_t run_all() {
    std::size_t count = 0;
    while (run_one()) ++count;
    return count;
  }

  /// Runs what comes in, waiting for more, until `predicate` holds. False when `patience` passed first: a hang, not a
  /// slow machine.
  bool run_until(const std::function<bool()>& predicate,
                 std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!predicate()) {
      if (run_one()) continue;
      if (!queue_->wait_until(deadline)) return predicate();
    }
    return true;
  }

 private:
  class Queue {
   public:
    void push(std::function<void()> function) {
      {
        const std::lock_guard lock(mutex_);
        functions_.push_back(std::move(function));
      }
      arrived_.notify_all();
    }
    std::function<void()> pop() {
      const std::lock_guard lock(mutex_);
      if (functions_.empty()) return {};
      auto function = std::move(functions_.front());
      functions_.pop_front();
      return function;
    }
    std::size_t size() const {
      const std::lock_guard lock(mutex_);
      return functions_.size();
    }
    bool wait_until(std::chrono::steady_clock::time_point deadline) {
      std::unique_lock lock(mutex_);
      return arrived_.wait_until(lock, deadline, [&] { return !functions_.empty(); });
    }

   private:
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> functions_;
  };

  std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
};

}  // namespace tasker::test
