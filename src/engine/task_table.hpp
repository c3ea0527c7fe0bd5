#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/active_task.hpp"

namespace tasker {

/// Owns the tasks an engine works on, and those it has let go of until their last step has answered. Loop thread.
class TaskTable {
 public:
  ActiveTask& add(std::unique_ptr<ActiveTask> task);
  ActiveTask* find(TaskId id) const;
  std::optional<TaskId> find_uuid(const std::string& uuid) const;
  /// It is none of the engine's any more: not found by its number from now on, gone with its last answer.
  void let_go(ActiveTask& task);
  /// One of those has had an answer: gone when it was the last.
  void forget_if_idle(ActiveTask& task);

  /// By number, so the oldest first.
  const std::map<TaskId, std::unique_ptr<ActiveTask>>& all() const { return tasks_; }
  std::size_t size() const { return tasks_.size(); }

 private:
  std::map<TaskId, std::unique_ptr<ActiveTask>> tasks_;
  std::vector<std::unique_ptr<ActiveTask>> let_go_;
};

}  // namespace tasker
