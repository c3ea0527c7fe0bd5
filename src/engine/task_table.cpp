#include "engine/task_table.hpp"

#include <utility>

namespace tasker {

ActiveTask& TaskTable::add(std::unique_ptr<ActiveTask> task) {
  const TaskId id = task->id();
  return *tasks_.emplace(id, std::move(task)).first->second;
}

ActiveTask* TaskTable::find(TaskId id) const {
  const auto found = tasks_.find(id);
  return found == tasks_.end() ? nullptr : found->second.get();
}

std::optional<TaskId> TaskTable::find_uuid(const std::string& uuid) const {
  for (const auto& [id, task] : tasks_) {
    if (task->executor.task().uuid.text() == uuid) return id;
  }
  return std::nullopt;
}

void TaskTable::let_go(ActiveTask& task) {
  task.dropped = true;
  const auto found = tasks_.find(task.id());
  let_go_.push_back(std::move(found->second));
  tasks_.erase(found);
  forget_if_idle(task);
}

void TaskTable::forget_if_idle(ActiveTask& task) {
  if (task.in_flight == 0) std::erase_if(let_go_, [&](const auto& owned) { return owned.get() == &task; });
}

}  // namespace tasker
