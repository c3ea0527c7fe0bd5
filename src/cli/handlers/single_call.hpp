#pragma once

#include <string>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/exit_code.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

/// What a worker announces. Throws CommandError when none boots.
std::vector<HandlerInfo> announced_by(Runtime& runtime);

CommandError no_such_handler(const std::vector<HandlerInfo>& handlers, const std::string& name);

/// A workflow whose only step is the handler, tried once.
SharedTemplate call_template(const std::string& handler);

/// Why a handler that was called by name was refused: it does not exist, or it can't be used.
CommandError call_refusal(Runtime& runtime, const RunResult& result, const std::string& name);

/// `{"output","results"}`, or the error object of a step that did not complete. Without a newline.
std::string call_json(const WorkflowStep& step, ExitCode code);

}  // namespace tasker::cli
