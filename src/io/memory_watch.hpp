#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "io/event_loop.hpp"
#include "io/one_shot_timer.hpp"

namespace tasker::io {

class WatchedChild;

/// Samples the memory of all children once a second, ten times as often while one is near its limit, and keeps an eye
/// on the kernel's count of processes that it killed for want of memory. Idle without children. Loop thread only.
class MemoryWatch {
 public:
  explicit MemoryWatch(EventLoop& loop);

  void add(const std::shared_ptr<WatchedChild>& child);

 private:
  void sample();

  std::vector<std::weak_ptr<WatchedChild>> children_;
  std::uint64_t kills_ = 0;                      ///< at the last sample
  std::shared_ptr<std::uint64_t> kills_before_;  ///< at the one before: a child may be dead by the last one, unseen
  OneShotTimer timer_;
};

/// How many processes the kernel has killed for want of memory: in this process's cgroup (v2) where there is one, else
/// in the whole machine. The folders are those of the system but in tests.
std::uint64_t count_oom_kills(const std::string& proc = "/proc", const std::string& cgroups = "/sys/fs/cgroup");

}  // namespace tasker::io
