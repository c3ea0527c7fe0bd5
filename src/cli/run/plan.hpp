#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "tasker/task_template.hpp"

namespace tasker::cli {

/// The level of each step: 1 for those without dependencies, else one more than the highest of theirs.
std::vector<int> step_levels(const TaskTemplate& task_template);

/// The same for any graph: who waits for whom, by index; there must be no cycle.
std::vector<int> levels_of(const std::vector<std::vector<std::uint32_t>>& dependencies);

/// What a run would do, level by level: `--dry-run` for people.
std::string plan_text(const TaskTemplate& task_template, const Style& style);

/// `{"status":"dry_run","exit_code":0,"name":...,"steps":[{name,handler,dependencies,level}]}` and a newline.
std::string plan_json(const TaskTemplate& task_template, std::string_view status);

/// `7 steps in 4 levels`
std::string plan_size(const TaskTemplate& task_template);

}  // namespace tasker::cli
