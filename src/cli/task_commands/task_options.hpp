#pragma once

#include <chrono>
#include <string>

#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/options_reader.hpp"
#include "store/store_reader.hpp"

namespace tasker::cli {

/// What the commands of `tasker task` and `tasker store` know; each reads what its flags are.
struct TaskOptions {
  CommonOptions common;
  WorkerChoice workers;
  StoreChoice store;
  std::string task;
  std::string step;
  std::string path;  ///< of a backup
  store::TaskFilter filter;
  std::int64_t log_limit = 1000;
  std::string input;  ///< empty: the task's own
  std::string results = "null";
  bool all = false;
  bool latest = false;
  bool dry_run = false;
  bool no_run = false;
  std::chrono::milliseconds older_than = std::chrono::hours(24 * 30);
};

TaskOptions read_task_options(const CommandLine& line, const Environment& environment, WallTime now);

/// The name of a task's state; throws CommandError (usage) with all names for any other. `source` is where it was
/// written: `--state`.
std::string checked_task_state(const std::string& source, const std::string& state);

/// `2026-01-31`, `2026-01-31T12:00:00Z` (with or without fractions and Z), or a duration before `now`.
std::optional<WallTime> parse_moment(const std::string& text, WallTime now);

}  // namespace tasker::cli
