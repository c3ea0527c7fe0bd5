#include "cli/run/context_check.hpp"

#include <vector>

#include "cli/command_error.hpp"
#include "cli/run/workflow_files.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

void check_context(const TaskTemplate& task_template, const JsonText& context, const ContextCheck& check,
                   const Console& console) {
  std::vector<Diagnostic> mismatches;
  for (const std::string& sentence : check_input(task_template, context))
    mismatches.push_back({check.name, 0, 0, sentence});
  if (mismatches.empty()) return;
  if (!check.strict && !task_template.input_schema_enforced) {
    console.warn(mismatches);
    return;
  }
  const std::string message = mismatches.size() == 1 ? mismatches.front().text()
                                                     : "the input does not fit the template's schema in " +
                                                           std::to_string(mismatches.size()) + " places";
  throw invalid(kind::input_invalid, message, std::move(mismatches));
}

RuntimeOptions runtime_for(const WorkerChoice& workers, const TaskTemplate& task_template) {
  auto paths = handler_paths(workers.handlers, &task_template);
  if (paths.empty() && !task_template.steps.empty()) throw no_handlers_error(&task_template);
  RuntimeOptions runtime;
  runtime.workers = worker_options(workers, std::move(paths));
  runtime.step_limits = workers.steps;
  runtime.drain_grace = workers.patience.drain.value_or(runtime.drain_grace);
  return runtime;
}

}  // namespace tasker::cli
