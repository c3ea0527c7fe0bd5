#pragma once

#include "cli/exit_code.hpp"
#include "cli/task_commands/task_options.hpp"
#include "cli/terminal/console.hpp"

namespace tasker::cli {

/// The commands of `tasker task` and `tasker store`.
ExitCode task_list(const TaskOptions& options, const Console& console);
ExitCode task_show(const TaskOptions& options, const Console& console);
ExitCode task_logs(const TaskOptions& options, const Console& console);
ExitCode task_watch(const TaskOptions& options, const Console& console);
ExitCode task_resume(const TaskOptions& options, const Console& console);
ExitCode task_retry(const TaskOptions& options, const Console& console);
ExitCode task_resolve_step(const TaskOptions& options, const Console& console);
ExitCode task_cancel(const TaskOptions& options, const Console& console);
ExitCode task_gc(const TaskOptions& options, const Console& console);
ExitCode store_check(const TaskOptions& options, const Console& console);
ExitCode store_backup(const TaskOptions& options, const Console& console);
ExitCode store_stats(const TaskOptions& options, const Console& console);

/// The command of that name; null: it is none of these.
ExitCode (*task_command(std::string_view name))(const TaskOptions&, const Console&);

}  // namespace tasker::cli
