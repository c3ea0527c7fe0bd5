#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/run/template_check.hpp"
#include "cli/run/validation_report.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/terminal/run_view.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

namespace {

/// On a runtime of its own.
RunResult check_handlers(const RuntimeOptions& runtime, const TaskTemplate& task_template, const Console& console) {
  RunView view(console, RunView::Mode::Silent);
  RunResult checked;
  with_runtime(runtime, view, [&](Runtime& r) { checked = r.check_handlers(task_template); });
  return checked;
}

Validation validate_one(const std::string& path, const ValidateOptions& options, const Console& console) {
  const LoadedTemplate loaded = load_template(path, options.workers.environment, options.strict);
  return validation_of(
      loaded, path, options.workers,
      options.no_handlers ? HandlerCheck() : HandlerCheck([&](const auto& runtime, const auto& task_template) {
        return check_handlers(runtime, task_template, console);
      }));
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
