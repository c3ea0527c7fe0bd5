#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tasker/task.hpp"

namespace tasker {

/// What the engine's socket understands: `{"method":"ping"}` and `{"method":"cancel","task_uuid":"..."}`. Answers
/// `{"ok":true}`, or `{"ok":false,"message":"..."}`. `cancel` is false when the engine has no such task.
std::string answer_control(const std::string& line, const std::function<bool(const std::string& task_uuid)>& cancel);

}  // namespace tasker
