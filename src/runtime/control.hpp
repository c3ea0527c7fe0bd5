#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "tasker/task.hpp"

namespace tasker {

/// What others ask of the engine that runs a task, named by its uuid.
struct CancelRequest {
  std::string task_uuid;
};
/// Failed steps run again: the named one, or all of them.
struct RetryRequest {
  std::string task_uuid;
  std::string step;
};
/// A failed step is done, with these results.
struct ResolveRequest {
  std::string task_uuid;
  std::string step;
  JsonText results;
};
using ControlRequest = std::variant<CancelRequest, RetryRequest, ResolveRequest>;

/// What goes through the engine's socket: one JSON object per line, `{"method":"cancel","task_uuid":"..."}`, `retry`
/// with an optional `step`, `resolve_step` with `step` and `results`.
std::string control_line(const ControlRequest& request);

/// Answers such a line, and `{"method":"ping"}`: `{"ok":true}`, or `{"ok":false,"message":"..."}` with the sentence
/// that `act` gave back.
std::string answer_control(const std::string& line,
                           const std::function<std::optional<std::string>(const ControlRequest&)>& act);

}  // namespace tasker
