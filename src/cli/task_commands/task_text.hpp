#pragma once

#include <string>

#include "cli/command_error.hpp"
#include "cli/terminal/terminal.hpp"
#include "cli/text/standing.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// A stored task for people: what it is, its steps as a tree (each below the last step it waits for), and a timeline of
/// all attempts with their errors. Of one that is run,
/// steps that wait for nothing are told as what they may be.
std::string task_text(const TaskRecord& record, const Standing& standing, const Style& style);

/// One step on one line: state, name, attempts, error.
std::string step_line(const WorkflowStep& step, const Style& style);

/// Exit code 4, with the nearest name.
CommandError no_such_step(const TaskRecord& record, const std::string& name);

}  // namespace tasker::cli
