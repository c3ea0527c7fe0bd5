#include <string>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/validation_report.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/terminal/text_width.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

namespace {

/// Adds what a worker says about the template's handlers. Only a worker that does not boot ends the whole command.
void check_handlers(Validation& validation, const TaskTemplate& task_template, const ValidateOptions& options,
                    const Console& console) {
  std::vector<std::string> paths;
  WorkerOptions workers;
  try {
    paths = handler_paths(options.workers.handlers, &task_template);
    if (task_template.steps.empty()) return;
    if (paths.empty()) {
      // Not an error: a program that embeds the engine may bring them all.
      validation.warnings.push_back(
          {validation.file, 0, 0,
           std::string("the handlers were not checked; ") + no_handlers_error(&task_template).what()});
      return;
    }
    workers = worker_options(options.workers, std::move(paths));
  } catch (const CommandError& error) {
    validation.errors = error.details();
    return;
  }
  workers.count = 1;
  RunView view(console, RunView::Mode::Silent);
  RunResult checked;
  RuntimeOptions runtime;
  runtime.workers = workers;
  with_runtime(runtime, view, [&](Runtime& r) { checked = r.check_handlers(task_template); });
  if (checked.end == RunEnd::HandlersWrong) {
    validation.errors = checked.diagnostics;
  } else {
    must_be_well(checked, validation.file);
  }
}

Validation validate_one(const std::string& path, const ValidateOptions& options, const Console& console) {
  const LoadedTemplate loaded = load_template(path, options.workers.environment, options.strict);
  Validation validation{path, "", 0, loaded.errors, loaded.warnings};
  if (!loaded.ok()) return validation;
  validation.name = loaded.value->name;
  validation.steps = loaded.value->steps.size();
  if (!options.no_handlers) check_handlers(validation, *loaded.value, options, console);
  return validation;
}

}  // namespace

ExitCode validate(const ValidateOptions& options, const Console& console) {
  std::vector<Validation> all;
  bool valid = true;
  for (const std::string& path : options.templates) {
    all.push_back(validate_one(path, options, console));
    valid = valid && all.back().errors.empty();
    if (!console.is_text()) continue;
    console.say(validation_problems(all.back(), console.err(), console.options().quiet));
    console.print(validation_line(all.back(), console.out()));
  }
  if (!console.is_text()) console.print(validation_json(all));
  return valid ? ExitCode::Complete : ExitCode::Invalid;
}

}  // namespace tasker::cli
