#pragma once

#include <string>

#include "cli/command_error.hpp"
#include "cli/exit_code.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// The exit code of an ended task.
ExitCode exit_code_of(const TaskRecord& record);

/// The exit code of a run that has a record: the task's own, or that of what interrupted it.
ExitCode exit_code_of(const RunResult& result);

/// What a run that ended before its task could is told as. `what` names it for messages: the template's file.
CommandError run_error(const RunResult& result, const std::string& what);

/// Throws `run_error` unless all is well; for Runtime::check_handlers.
void must_be_well(const RunResult& result, const std::string& what);

/// No worker could boot.
CommandError boot_error(const BootReport& report);

/// `SIGINT`, `SIGTERM` or `signal 9`.
std::string signal_name(int number);

}  // namespace tasker::cli
