#pragma once

#include <string>

#include "cli/terminal/terminal.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// How a task ended, for people: one line, a table of its steps, then the results of the last steps or the errors of
/// those that failed.
std::string result_text(const TaskRecord& record, const Style& style);

/// The table alone.
std::string step_table(const TaskRecord& record, const Style& style);

}  // namespace tasker::cli
