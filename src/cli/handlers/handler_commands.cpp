#include <string>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/handlers/handler_report.hpp"
#include "cli/handlers/single_call.hpp"
#include "cli/run/input.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/text/error_text.hpp"
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

std::vector<HandlerInfo> announced(const HandlerOptions& options, const Console& console) {
  RunView view(console, RunView::Mode::Silent);
  std::vector<HandlerInfo> handlers;
  with_runtime(runtime_options(options, console), view, [&](Runtime& r) { handlers = announced_by(r); });
  return handlers;
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
  if (!handler) throw no_such_handler(handlers, options.handler);
  console.print(console.is_text() ? handler_text(*handler, console.out()) : handler_json(*handler));
  return ExitCode::Complete;
}

ExitCode handler_call(const HandlerOptions& options, const Console& console) {
  const JsonText context = read_input(options.input);
  const RuntimeOptions runtime = runtime_options(options, console);
  RunView view(console, RunView::Mode::Logs);
  RunResult result;
  with_runtime(runtime, view, [&](Runtime& r) {
    result = r.run({call_template(options.handler), context, options.timeout});
    if (result.end == RunEnd::HandlersWrong) throw call_refusal(r, result, options.handler);
  });
  view.end_progress();
  if (!result.record || result.end != RunEnd::TaskEnded) throw run_error(result, options.handler);
  const WorkflowStep& step = result.record->steps.front();
  const ExitCode code = exit_code_of(result);
  if (!console.is_text() || code == ExitCode::Complete) {
    console.print(call_json(step, code) + "\n");
  } else {
    console.say(failure_text(step, console.err()));
  }
  return code;
}

}  // namespace tasker::cli
