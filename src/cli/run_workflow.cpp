#include <string>

#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "cli/plan.hpp"
#include "cli/result_object.hpp"
#include "cli/result_table.hpp"
#include "cli/run_end.hpp"
#include "cli/run_view.hpp"
#include "cli/workflow_files.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

namespace {

void check_context(const TaskTemplate& task_template, const JsonText& context, const RunOptions& options,
                   const Console& console) {
  const std::string name = options.input.starts_with('@') ? options.input.substr(1) : "--input";
  std::vector<Diagnostic> mismatches;
  for (const std::string& sentence : check_input(task_template, context)) mismatches.push_back({name, 0, 0, sentence});
  if (mismatches.empty()) return;
  if (!options.strict && !task_template.input_schema_enforced) {
    console.warn(mismatches);
    return;
  }
  const std::string message = mismatches.size() == 1 ? mismatches.front().text()
                                                     : "the input does not fit the template's schema in " +
                                                           std::to_string(mismatches.size()) + " places";
  throw invalid(kind::input_invalid, message, std::move(mismatches));
}

RuntimeOptions runtime_options(const RunOptions& options, const TaskTemplate& task_template) {
  auto paths = handler_paths(options.workers.handlers, &task_template);
  if (paths.empty() && !task_template.steps.empty()) throw no_handlers_error(&task_template);
  RuntimeOptions runtime;
  runtime.store = options.store;
  runtime.workers = worker_options(options.workers, std::move(paths));
  runtime.drain_grace = options.workers.patience.drain.value_or(runtime.drain_grace);
  return runtime;
}

ExitCode dry_run(const TaskTemplate& task_template, const RuntimeOptions& runtime, const Console& console) {
  if (!task_template.steps.empty()) {
    RunView view(console, RunView::Mode::Silent);
    RunResult checked;
    with_runtime(runtime, view, [&](Runtime& r) { checked = r.check_handlers(task_template); });
    must_be_well(checked, task_template.file);
  }
  console.print(console.is_text() ? plan_text(task_template, console.out()) : plan_json(task_template, "dry_run"));
  return ExitCode::Complete;
}

std::string interrupted_text(const RunResult& result, const Console& console) {
  return console.err().yellow("interrupted by " + signal_name(result.signal)) +
         (result.resumable ? "; the task can be resumed\n"
                           : "; the task was kept in memory only and can't be resumed\n");
}

void report(const RunResult& result, ExitCode code, const Console& console, RunView& view) {
  if (console.is_text()) {
    view.print(result_text(*result.record, console.out()));
  } else {
    const bool event = console.options().output == OutputFormat::JsonLines;
    view.print(result_object(*result.record, {to_int(code), result.resumable, event}) + "\n");
  }
}

/// The task's record says how it ended; everything else that ends a run is an error of the command.
bool is_told_by_record(const RunResult& result) {
  return result.record && (result.end == RunEnd::TaskEnded || result.end == RunEnd::Interrupted);
}

}  // namespace

ExitCode run_workflow(const RunOptions& options, const Console& console) {
  const LoadedTemplate loaded = load_valid_template(options.template_path, options.workers.environment, options.strict);
  console.warn(loaded.warnings);
  const TaskTemplate& task_template = *loaded.value;
  const JsonText context = read_input(options.input);
  check_context(task_template, context, options, console);
  const RuntimeOptions runtime = runtime_options(options, task_template);
  if (options.dry_run) return dry_run(task_template, runtime, console);

  RunView view(console, RunView::Mode::Watch);
  RunResult result;
  with_runtime(runtime, view, [&](Runtime& r) { result = r.run({loaded.value, context, options.timeout}); });
  view.end_progress();
  if (!is_told_by_record(result)) {
    view.finish();
    throw run_error(result, options.template_path);
  }
  const ExitCode code = exit_code_of(result);
  report(result, code, console, view);
  view.finish();
  if (console.is_text() && result.end == RunEnd::Interrupted) console.say(interrupted_text(result, console));
  if (view.dropped_events() > 0) {
    console.warn(std::to_string(view.dropped_events()) +
                 " progress and log events were dropped: stdout was read too slowly");
  }
  return code;
}

}  // namespace tasker::cli
