#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "tasker/step_handler.hpp"

namespace tasker {
class JsonWriter;
}

namespace tasker::worker {

/// Writes the params of `step/process` (docs/protocol.md): the task, the step and its ancestors as the hashes that Ruby
/// handlers know. Results and contexts are spliced as text. A task's own text is made once and kept for the tasks used
/// last. A batch worker gets its batchable step's results without the cursors of all the others, or a batch of N would
/// cost N^2 bytes; that text, too, is made once.
class StepRequestWriter {
 public:
  explicit StepRequestWriter(std::string environment) : environment_(std::move(environment)) {}

  /// With a `context_ref` the task says that in place of its context.
  std::string params(const StepContext& context, Duration timeout, WallTime now,
                     std::optional<std::int64_t> context_ref = std::nullopt);

 private:
  struct TaskText {
    std::string before;   ///< up to the member of the context
    std::string context;  ///< that member
    std::string after;
  };
  const TaskText& task_text(const Task& task);
  const std::string& results_for_worker(const JsonText& cut);
  void write_sequence(JsonWriter& json, const StepContext& context);

  std::string environment_;
  // Least recently made first; a task that is still running when it falls out is only written again.
  std::list<TaskId> order_;
  std::unordered_map<TaskId, TaskText> task_texts_;
  JsonText cut_;  ///< a batchable step's results, the last that were shortened
  std::string shortened_ = "null";
};

/// The number of a step in the hashes Ruby sees (`workflow_step_id`): unique over tasks of up to a million steps.
std::int64_t workflow_step_id(TaskId task, StepIndex step);

}  // namespace tasker::worker
