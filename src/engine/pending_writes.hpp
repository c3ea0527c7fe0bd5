#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "tasker/store.hpp"

namespace tasker {

/// What waits for the next flush: one batch per task, so that a task whose writes are refused takes no other with it.
/// The order within a task is kept, and that of the tasks' first writes too.
class PendingWrites {
 public:
  void add(TaskId task, StoreWrite write) {
    const auto [place, is_new] = place_of_.try_emplace(task, batches_.size());
    if (is_new) batches_.emplace_back(task, StoreBatch{});
    batches_[place->second].second.writes.push_back(std::move(write));
  }
  bool empty() const { return batches_.empty(); }
  std::vector<std::pair<TaskId, StoreBatch>> take() {
    place_of_.clear();
    return std::exchange(batches_, {});
  }

 private:
  std::vector<std::pair<TaskId, StoreBatch>> batches_;
  std::unordered_map<TaskId, std::size_t> place_of_;
};

}  // namespace tasker
