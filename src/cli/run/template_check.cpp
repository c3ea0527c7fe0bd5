#include "cli/run/template_check.hpp"

#include <vector>

#include "cli/command_error.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/workflow_files.hpp"

namespace tasker::cli {

namespace {

/// Adds what a worker says about the template's handlers. Only a worker that does not boot ends the whole command.
void check_handlers(Validation& validation, const TaskTemplate& task_template, const WorkerChoice& choice,
                    const HandlerCheck& check) {
  RuntimeOptions runtime;
  try {
    auto paths = handler_paths(choice.handlers, &task_template);
    if (task_template.steps.empty()) return;
    if (paths.empty()) {
      // Not an error: a program that embeds the engine may bring them all.
      validation.warnings.push_back(
          {validation.file, 0, 0,
           std::string("the handlers were not checked; ") + no_handlers_error(&task_template).what()});
      return;
    }
    runtime.workers = worker_options(choice, std::move(paths));
  } catch (const CommandError& error) {
    validation.errors = error.details();
    return;
  }
  runtime.workers.count = 1;
  const RunResult checked = check(runtime, task_template);
  if (checked.end == RunEnd::HandlersWrong) {
    validation.errors = checked.diagnostics;
  } else {
    must_be_well(checked, validation.file);
  }
}

}  // namespace

Validation validation_of(const LoadedTemplate& loaded, const std::string& path, const WorkerChoice& workers,
                         const HandlerCheck& check) {
  Validation validation{path, "", 0, loaded.errors, loaded.warnings};
  if (!loaded.ok()) return validation;
  validation.name = loaded.value->name;
  validation.steps = loaded.value->steps.size();
  if (check) check_handlers(validation, *loaded.value, workers, check);
  return validation;
}

}  // namespace tasker::cli
