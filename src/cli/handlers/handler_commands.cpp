#include <memory>
#include <string>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/handlers/handler_report.hpp"
#include "cli/run/input.hpp"
#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/text/error_text.hpp"
#include "cli/text/pretty_json.hpp"
#include "core/json_writer.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

namespace {

RuntimeOptions runtime_options(const HandlerOptions& options, const Console& console) {
  LoadedTemplate loaded;
  if (!options.template_path.empty()) {
    loaded = load_valid_template(options.template_path, options.workers.environment, false);
    console.warn(loaded.warnings);
  }
  auto paths = handler_paths(options.workers.handlers, loaded.value.get());
  if (paths.empty()) throw no_handlers_error(loaded.value.get());
  RuntimeOptions runtime;
  runtime.store = options.store;
  runtime.workers = worker_options(options.workers, std::move(paths));
  return runtime;
}

/// Boots a worker and takes what it announced.
std::vector<HandlerInfo> announced(Runtime& runtime) {
  auto answer = runtime.handlers();
  if (const auto* report = std::get_if<BootReport>(&answer)) throw boot_error(*report);
  return std::get<std::vector<HandlerInfo>>(std::move(answer));
}

std::vector<HandlerInfo> announced(const HandlerOptions& options, const Console& console) {
  RunView view(console, RunView::Mode::Silent);
  std::vector<HandlerInfo> handlers;
  with_runtime(runtime_options(options, console), view, [&](Runtime& r) { handlers = announced(r); });
  return handlers;
}

CommandError not_found(const std::vector<HandlerInfo>& handlers, const std::string& name) {
  return CommandError(ExitCode::NotFound, kind::not_found, unknown_handler(handlers, name));
}

/// A workflow whose only step is the handler, tried once.
SharedTemplate one_step(const std::string& handler) {
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

/// Why a handler that was called by name was refused: it does not exist, or it can't be used.
CommandError refusal(Runtime& runtime, const RunResult& result, const std::string& name) {
  const auto handlers = announced(runtime);
  if (!find_handler(handlers, name)) return not_found(handlers, name);
  return run_error(result, name);
}

std::string outcome_json(const WorkflowStep& step, ExitCode code) {
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
  return out += '\n';
}

std::string failure_text(const WorkflowStep& step, const Style& style) {
  const std::string label = style.bold(style.red("error:")) + " " + style.bold(step.name);
  return step.error ? label + " failed\n" + error_block(*step.error, style) : label + " did not run\n";
}

}  // namespace

ExitCode handler_list(const HandlerOptions& options, const Console& console) {
  const auto handlers = announced(options, console);
  console.print(console.is_text() ? handlers_text(handlers, console.out()) : handlers_json(handlers));
  return ExitCode::Complete;
}

ExitCode handler_show(const HandlerOptions& options, const Console& console) {
  const auto handlers = announced(options, console);
  const HandlerInfo* handler = find_handler(handlers, options.handler);
  if (!handler) throw not_found(handlers, options.handler);
  console.print(console.is_text() ? handler_text(*handler, console.out()) : handler_json(*handler));
  return ExitCode::Complete;
}

ExitCode handler_call(const HandlerOptions& options, const Console& console) {
  const JsonText context = read_input(options.input);
  const RuntimeOptions runtime = runtime_options(options, console);
  RunView view(console, RunView::Mode::Logs);
  RunResult result;
  with_runtime(runtime, view, [&](Runtime& r) {
    result = r.run({one_step(options.handler), context, options.timeout});
    if (result.end == RunEnd::HandlersWrong) throw refusal(r, result, options.handler);
  });
  view.end_progress();
  if (!result.record || result.end != RunEnd::TaskEnded) throw run_error(result, options.handler);
  const WorkflowStep& step = result.record->steps.front();
  const ExitCode code = exit_code_of(result);
  if (!console.is_text() || code == ExitCode::Complete) {
    console.print(outcome_json(step, code));
  } else {
    console.say(failure_text(step, console.err()));
  }
  return code;
}

}  // namespace tasker::cli
