#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/terminal/console.hpp"
#include "store/store_reader.hpp"
#include "tasker/engine.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// The line of a task that a run with --run-id and without --inputs has.
inline constexpr std::int64_t kOnlyLine = 0;

/// A task that an earlier run left: when it has ended, tells how; otherwise takes it over and goes on to its end.
ExitCode finish_earlier(const TaskRecord& record, const WorkerChoice& workers, const std::string& store_url,
                        const StoreOptions& store_options, const Console& console);

/// Takes every task over that no living engine has, those of one handler set after the other, many at once; they are
/// read as room comes, so a store full of them costs no more memory than a few. A set whose handlers can't be had
/// leaves its tasks as they are: they are told of (exit code 3 or 9), the others go on.
ExitCode resume_all(store::StoreReader& reader, const WorkerChoice& workers, const StoreOptions& store_options,
                    const Console& console);

}  // namespace tasker::cli
