#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <thread>

#include "tasker/store.hpp"

namespace tasker::cli {

/// Work that blocks (reading files and the store, booting a worker), each piece on a thread of its own, a few at once,
/// begun in the order it was given. Used on one thread, the loop's.
class JobThreads {
 public:
  /// What is to be done on the loop when a job is over.
  using Then = std::function<void()>;
  /// Throws nothing.
  using Job = std::function<Then()>;

  JobThreads(Post post, std::size_t at_once) : post_(std::move(post)), at_once_(at_once) {}
  /// Waits for those that have begun; the others are dropped.
  ~JobThreads();
  JobThreads(const JobThreads&) = delete;
  JobThreads& operator=(const JobThreads&) = delete;

  void run(Job job);

 private:
  void begin();
  void finished(std::uint64_t id, const Then& then);

  const Post post_;
  const std::size_t at_once_;
  std::uint64_t last_id_ = 0;
  std::deque<Job> waiting_;
  std::map<std::uint64_t, std::thread> running_;
};

}  // namespace tasker::cli
