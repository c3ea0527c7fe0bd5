#pragma once

#include <functional>
#include <string>
#include <variant>

#include "cli/command_error.hpp"
#include "cli/exit_code.hpp"

namespace tasker::cli {

/// What was asked for, as JSON; for a task the result object, also of one that failed, and the code that says so.
struct Answer {
  std::string json;
  ExitCode code = ExitCode::Complete;
};

/// How something that was asked of the service ended.
using Outcome = std::variant<Answer, CommandError>;

/// What happened meanwhile: an event of docs/events.md, as JSON.
struct TaskEvent {
  std::string json;
  bool droppable = false;  ///< may be left out when nobody reads fast enough
};

/// Who asked. Both are called on the loop thread, `done` once and last.
struct Asker {
  std::function<void(Outcome outcome)> done;
  std::function<void(const TaskEvent& event)> on_event{};  ///< null: wants none
};

}  // namespace tasker::cli
