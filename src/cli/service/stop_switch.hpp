#pragma once

#include <mutex>
#include <set>

#include "tasker/runtime.hpp"

namespace tasker::cli {

/// Stops every runtime of the process, on whichever thread it runs: the first call drains, the second kills. From any
/// thread.
class StopSwitch {
 public:
  /// A runtime is reached for as long as this lives; one that comes after a stop is stopped at once.
  class Attached {
   public:
    Attached(StopSwitch& stops, Runtime& runtime) : switch_(stops), runtime_(runtime) {
      const std::lock_guard lock(switch_.mutex_);
      switch_.runtimes_.insert(&runtime_);
      for (int i = 0; i < switch_.times_; ++i) runtime_.stop(switch_.signal_);
    }
    ~Attached() {
      const std::lock_guard lock(switch_.mutex_);
      switch_.runtimes_.erase(&runtime_);
    }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;

   private:
    StopSwitch& switch_;
    Runtime& runtime_;
  };

  void stop(int signal) {
    const std::lock_guard lock(mutex_);
    signal_ = signal;
    ++times_;
    for (Runtime* runtime : runtimes_) runtime->stop(signal);
  }

 private:
  std::mutex mutex_;
  std::set<Runtime*> runtimes_;
  int signal_ = 0;
  int times_ = 0;
};

}  // namespace tasker::cli
