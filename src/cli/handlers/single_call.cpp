#include "cli/handlers/single_call.hpp"

#include <memory>

#include "cli/handlers/handler_report.hpp"
#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

std::vector<HandlerInfo> announced_by(Runtime& runtime) {
  auto answer = runtime.handlers();
  if (const auto* report = std::get_if<BootReport>(&answer)) throw boot_error(*report);
  return std::get<std::vector<HandlerInfo>>(std::move(answer));
}

CommandError no_such_handler(const std::vector<HandlerInfo>& handlers, const std::string& name) {
  return CommandError(ExitCode::NotFound, kind::not_found, unknown_handler(handlers, name));
}

SharedTemplate call_template(const std::string& handler) {
  auto task_template = std::make_shared<TaskTemplate>();
  task_template->name = handler;
  StepTemplate step;
  step.name = handler;
  step.handler.callable = handler;
  step.retry.retryable = false;
  step.retry.max_attempts = 1;
  task_template->steps.push_back(std::move(step));
  return task_template;
}

CommandError call_refusal(Runtime& runtime, const RunResult& result, const std::string& name) {
  const auto handlers = announced_by(runtime);
  if (!find_handler(handlers, name)) return no_such_handler(handlers, name);
  return run_error(result, name);
}

std::string call_json(const WorkflowStep& step, ExitCode code) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (step.state == StepState::Complete) {
    json.field("output", step.results).field("results", step.results);
  } else {
    json.field("status", "error").field("exit_code", to_int(code));
    write_error(json.key("error"), step.error);
  }
  json.end_object();
  return out;
}

}  // namespace tasker::cli
