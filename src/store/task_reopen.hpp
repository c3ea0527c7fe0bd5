#pragma once

#include <optional>
#include <string>

#include "core/reopen.hpp"
#include "tasker/task_template.hpp"

namespace tasker::store {

/// What else changes when a task goes on.
struct ReopenChanges {
  std::optional<JsonText> context;
  SharedTemplate task_template;  ///< null: the stored one
};

/// Writes it in one transaction: the task is in progress again and belongs to nobody, so whoever resumes it takes it.
/// Expects the task as `record` says it was. Throws WriteRefused or std::runtime_error.
void reopen_task(const std::string& path, const TaskRecord& record, const Reopening& reopening,
                 const ReopenChanges& changes, WallTime now);

}  // namespace tasker::store
