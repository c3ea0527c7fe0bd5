#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "cli/terminal/console.hpp"
#include "cli/terminal/run_view.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// What to do about a task that ended with failures, as a line for people; empty where nothing can be run again.
std::string retry_advice(const TaskRecord& record, const std::string& store_url);

/// Tells how the run of one task ended, as the options want it, on the view's streams; the exit code. Throws
/// CommandError when it ended without a task to tell of. `what` names it in messages,
/// the store is where the task is kept.
ExitCode tell_end(const RunResult& result, const std::string& what, const std::string& store_url,
                  const Console& console, RunView& view);

}  // namespace tasker::cli
