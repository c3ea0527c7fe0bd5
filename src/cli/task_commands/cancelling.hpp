#pragma once

#include <string>

#include "cli/terminal/console.hpp"
#include "tasker/store.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// Cancels a stored task: the engine that runs it is told, and its end waited for; where none does, the task is marked
/// in the store. The task as it stands then. Throws CommandError (not_found, conflict, store_unavailable).
TaskRecord cancel_stored(const std::string& path, const StoreOptions& options, const std::string& task,
                         const Console& console);

}  // namespace tasker::cli
