#pragma once

#include <string>

#include "cli/command_error.hpp"
#include "core/reopen.hpp"
#include "store/task_reopen.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// The task is in no state for what is asked: exit code 1, kind `conflict`.
CommandError conflict(const std::string& message);

/// The step of that name. Throws CommandError (not_found).
StepIndex step_index(const TaskRecord& record, const std::string& name);

/// What runs again; `step` empty: everything that failed. Throws CommandError (conflict, not_found).
Reopening retry_of(const TaskRecord& record, const std::string& step);

/// The step counts as done. Throws CommandError (conflict, not_found).
Reopening resolution_of(const TaskRecord& record, const std::string& step, const JsonText& results,
                        const StepLimits& limits);

/// The same workflow as its file says it now: the steps must still be the stored ones. Throws CommandError.
SharedTemplate latest_template(const TaskRecord& record);

/// Writes it, and reads the task as it stands now: in progress, belonging to nobody. Throws CommandError.
TaskRecord reopen(const std::string& path, const TaskRecord& record, const Reopening& reopening,
                  const store::ReopenChanges& changes);

}  // namespace tasker::cli
