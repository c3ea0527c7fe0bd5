#include "runtime/control_requests.hpp"

namespace tasker {

namespace {

std::optional<std::string> act(const CancelRequest&, TaskId task, Engine& engine) {
  engine.cancel(task);
  return std::nullopt;
}
std::optional<std::string> act(const RetryRequest& request, TaskId task, Engine& engine) {
  return engine.retry(task, request.step);
}
std::optional<std::string> act(const ResolveRequest& request, TaskId task, Engine& engine) {
  return engine.resolve(task, request.step, request.results);
}

}  // namespace

std::optional<std::string> carry_out(const ControlRequest& request, Engine& engine) {
  return std::visit(
      [&](const auto& known) {
        const auto task = engine.find(known.task_uuid);
        return task ? act(known, *task, engine)
                    : std::optional("this engine does not run the task \"" + known.task_uuid + "\"");
      },
      request);
}

}  // namespace tasker
