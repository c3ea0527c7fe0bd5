#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "cli/terminal/console.hpp"
#include "cli/terminal/run_view.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// Tells how the run of one task ended, as the options want it, on the view's streams; the exit code. Throws
/// CommandError when it ended without a task to tell of. `what` names it in messages.
ExitCode tell_end(const RunResult& result, const std::string& what, const Console& console, RunView& view);

}  // namespace tasker::cli
