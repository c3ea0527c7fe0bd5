#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "tasker/step_handler.hpp"

namespace tasker::worker {

/// Writes the params of `step/process` (docs/protocol.md): the task, the step and its ancestors as the hashes that Ruby
/// handlers know. Results and contexts are spliced as text. A task's own text is made once and kept for the tasks used
/// last.
class StepRequestWriter {
 public:
  explicit StepRequestWriter(std::string environment) : environment_(std::move(environment)) {}

  std::string params(const StepContext& context, Duration timeout, WallTime now);

 private:
  const std::string& task_text(const Task& task);

  std::string environment_;
  // Least recently made first; a task that is still running when it falls out is only written again.
  std::list<TaskId> order_;
  std::unordered_map<TaskId, std::string> task_texts_;
};

/// The number of a step in the hashes Ruby sees (`workflow_step_id`): unique over tasks of up to a million steps.
std::int64_t workflow_step_id(TaskId task, StepIndex step);

}  // namespace tasker::worker
