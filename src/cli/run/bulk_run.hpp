#pragma once

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/terminal/console.hpp"
#include "tasker/runtime.hpp"
#include "tasker/task_template.hpp"

namespace tasker::cli {

/// `--inputs`: one task per line of contexts, so many at once, one result line per task as it ends. With a run id that
/// was used before, lines that are complete are skipped and those under way go on.
ExitCode bulk_run(const RunOptions& options, const SharedTemplate& task_template, const RuntimeOptions& runtime,
                  const Console& console);

}  // namespace tasker::cli
