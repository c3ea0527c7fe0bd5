#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tasker/clock.hpp"
#include "tasker/task.hpp"

namespace tasker {

/// Which task has something due, and when: at most one entry per task. The next one is at hand however many tasks there
/// are, so a turn of the engine costs what has changed and not what waits. Loop thread.
class Agenda {
 public:
  /// Takes the place of the task's entry; none takes it away.
  void set(TaskId task, std::optional<TimePoint> at) {
    const auto known = at_.find(task);
    if (known != at_.end()) {
      if (at == known->second) return;
      order_.erase({known->second, task});
      at_.erase(known);
    }
    if (!at) return;
    at_.emplace(task, *at);
    order_.emplace(*at, task);
  }

  std::optional<TimePoint> next() const { return order_.empty() ? std::nullopt : std::optional(order_.begin()->first); }

  /// What is due, the oldest first; it stands here no longer.
  std::vector<TaskId> take_due(TimePoint now) {
    std::vector<TaskId> due;
    while (!order_.empty() && order_.begin()->first <= now) {
      due.push_back(order_.begin()->second);
      at_.erase(due.back());
      order_.erase(order_.begin());
    }
    return due;
  }

  /// Everything is due that much later.
  void shift(Duration by) {
    order_.clear();
    for (auto& [task, at] : at_) order_.emplace(at += by, task);
  }

 private:
  std::set<std::pair<TimePoint, TaskId>> order_;
  std::unordered_map<TaskId, TimePoint> at_;
};

}  // namespace tasker
