#include "cli/service/job_threads.hpp"

#include <utility>

#include "io/background_thread.hpp"

namespace tasker::cli {

JobThreads::~JobThreads() {
  for (auto& [id, thread] : running_) thread.join();
}

void JobThreads::run(Job job) {
  waiting_.push_back(std::move(job));
  begin();
}

void JobThreads::begin() {
  while (!waiting_.empty() && running_.size() < at_once_) {
    const std::uint64_t id = ++last_id_;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    running_.emplace(id, io::start_without_signals([this, id, job = std::move(job)] {
                       Then then = job();
                       post_([this, id, then = std::move(then)] { finished(id, then); });
                     }));
  }
}

void JobThreads::finished(std::uint64_t id, const Then& then) {
  const auto thread = running_.find(id);
  thread->second.join();
  running_.erase(thread);
  begin();
  then();
}

}  // namespace tasker::cli
