#include <filesystem>
#include <string>

#include "cli/commands.hpp"
#include "cli/run/bulk_run.hpp"
#include "cli/run/context_check.hpp"
#include "cli/run/input.hpp"
#include "cli/run/plan.hpp"
#include "cli/run/resume.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/run_report.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/store_notices.hpp"
#include "cli/run/takeover.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/terminal/text_width.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

namespace {

std::string input_name(const std::string& input) { return input.starts_with('@') ? input.substr(1) : "--input"; }

RuntimeOptions runtime_options(const RunOptions& options, const TaskTemplate& task_template, const Console& console) {
  RuntimeOptions runtime = runtime_for(options.workers, task_template);
  if (options.dry_run) return runtime;
  runtime.store = store_for_run(options.store, console);
  runtime.store_options = options.store.options;
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

constexpr std::size_t kShownOfContext = 200;

/// The task that an earlier run with this id left; none when there is none, or no store yet.
std::optional<TaskRecord> earlier_run(const RunOptions& options, const std::string& store_url) {
  const auto path = options.run_id.empty() ? std::nullopt : store_path(store_url);
  std::error_code ignored;
  if (!path || !std::filesystem::exists(*path, ignored)) return std::nullopt;
  const auto reader = open_reader_for_run(*path);
  const auto task = reader->find_line(options.run_id, kOnlyLine);
  if (!task) return std::nullopt;
  auto record = reader->load(*task);
  if (record) must_not_be_owned(*reader, *record);
  return record;
}

}  // namespace

ExitCode run_workflow(const RunOptions& options, const Console& console) {
  const LoadedTemplate loaded = load_valid_template(options.template_path, options.workers.environment, options.strict);
  console.warn(loaded.warnings);
  const TaskTemplate& task_template = *loaded.value;
  if (!options.inputs.empty() && !options.dry_run) {
    const RuntimeOptions runtime = runtime_options(options, task_template, console);
    tell_of_abandoned(runtime.store, options.run_id, console);
    const ExitCode code = bulk_run(options, loaded.value, runtime, console);
    warn_of_large_log(runtime.store, console);
    return code;
  }
  const JsonText context = read_input(options.input);
  check_context(task_template, context, {input_name(options.input), options.strict}, console);
  RuntimeOptions runtime = runtime_options(options, task_template, console);
  if (options.dry_run) return dry_run(task_template, runtime, console);
  tell_of_abandoned(runtime.store, options.run_id, console);
  if (auto earlier = earlier_run(options, runtime.store)) {
    must_be_of(task_template, options.run_id, *earlier);
    if (options.input != RunOptions{}.input && context != earlier->task.context) {
      console.warn("the run \"" + options.run_id + "\" began with another input, which is the one that counts: " +
                   cut(one_line(earlier->task.context.text()), kShownOfContext));
    }
    if (is_final(earlier->state) && console.is_text() && !console.options().quiet) {
      console.say("the run \"" + options.run_id + "\" has ended before; this is its result, nothing is run\n");
    }
    return finish_earlier(*earlier, options.workers, runtime.store, options.store.options, console);
  }

  TaskRequest request{loaded.value, context, options.timeout};
  request.handler_set = handler_set_of(runtime.workers);
  request.unique_key = options.unique_key;
  request.run_id = options.run_id;
  if (!options.run_id.empty()) request.line = kOnlyLine;
  RunView view(console, RunView::Mode::Watch);
  RunResult result;
  with_runtime(runtime, view, [&](Runtime& r) { result = r.run(request); });
  warn_of_large_log(runtime.store, console);
  return tell_end(result, options.template_path, runtime.store, console, view);
}

}  // namespace tasker::cli
