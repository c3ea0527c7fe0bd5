#pragma once

#include <string>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// Failed steps of a task whose errors are the same: kind, class, message and first frame. In the order of the steps.
using FailureGroup = std::vector<const WorkflowStep*>;
std::vector<FailureGroup> failures_alike(const TaskRecord& record);

/// Why steps failed, for people: a block for each group of failures that are alike. Empty where none failed.
std::string failures_text(const TaskRecord& record, const Style& style);

}  // namespace tasker::cli
