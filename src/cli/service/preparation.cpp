#include "cli/service/preparation.hpp"

#include <filesystem>
#include <utility>

#include "cli/command_error.hpp"
#include "cli/handlers/single_call.hpp"
#include "cli/run/context_check.hpp"
#include "cli/run/input.hpp"
#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/takeover.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/task_commands/reopening.hpp"

namespace tasker::cli {

namespace {

Answer result_of(const TaskRecord& record) {
  const ExitCode code = exit_code_of(record);
  return {result_object(record, {to_int(code), false, false}), code};
}

/// Tasks share an engine when they share handlers and store; a template's `env` is part of what its workers are.
std::string host_key(const RuntimeOptions& runtime, const HandlerSet& set, const TaskTemplate& task_template) {
  std::string key = runtime.store + '\n' + handler_set_key(set) + '\n';
  for (const auto& [name, value] : task_template.env) key += '\n' + name + '=' + value;
  return key + (task_template.steps.empty() ? "\nno steps" : "");
}

}  // namespace

WorkerChoice workers_for(const WorkflowChoice& workflow, const ServiceOptions& options) {
  WorkerChoice choice = options.workers;
  if (!workflow.handlers.empty()) choice.handlers = workflow.handlers;
  if (!workflow.environment.empty()) choice.environment = workflow.environment;
  return choice;
}

LoadedTemplate load(const WorkflowChoice& workflow, const WorkerChoice& workers) {
  LoadOptions options;
  options.environment = workers.environment;
  options.strict = workflow.strict;
  if (!workflow.text) return load_template_file(workflow.path, options);
  std::error_code error;
  return load_template_text(*workflow.text, workflow.name(), std::filesystem::current_path(error).string(), options);
}

PreparedTask prepare_run(const RunRequest& request, const ServiceOptions& options, const StoreChoice& store,
                         const Console& console) {
  const WorkerChoice workers = workers_for(request.workflow, options);
  LoadedTemplate loaded = load(request.workflow, workers);
  if (!loaded.ok()) throw template_error(request.workflow.name(), std::move(loaded.errors));
  console.warn(loaded.warnings);
  JsonText context = parse_input(request.context, "context");
  check_context(*loaded.value, context, {"context", request.workflow.strict}, console);

  PreparedTask prepared;
  prepared.runtime = runtime_for(workers, *loaded.value);
  prepared.runtime.store = *store.url;
  prepared.runtime.store_options = store.options;
  TaskRequest task{loaded.value, std::move(context), request.timeout};
  task.unique_key = request.unique_key;
  task.handler_set = handler_set_of(prepared.runtime.workers);
  prepared.host_key = host_key(prepared.runtime, *task.handler_set, *loaded.value);
  prepared.task = {"", std::move(task), request.workflow.name(), request.events, result_of};
  return prepared;
}

PreparedTask prepare_retry(const RetryRequest& request, const ServiceOptions& options, const StoreChoice& store,
                           const std::string& file) {
  const TaskRecord before = named_task(*open_reader(file), request.task);
  store::ReopenChanges changes;
  if (request.context) changes.context = parse_input(*request.context, "context");
  if (request.latest) changes.task_template = latest_template(before);
  TaskRecord record = reopen(file, before, retry_of(before, request.step), changes);

  PreparedTask prepared;
  const HandlerSet set = handler_set_of(record.task);
  prepared.runtime = runtime_for(set, options.workers, *store.url, store.options);
  prepared.host_key = host_key(prepared.runtime, set, *record.task.task_template);
  const std::string uuid = record.task.uuid.text();
  prepared.task = {uuid, Adoption{std::move(record), false}, uuid, request.events, result_of};
  return prepared;
}

PreparedTask prepare_handlers(const HandlersRequest& request, const ServiceOptions& options) {
  WorkerChoice workers = options.workers;
  if (!request.handlers.empty()) workers.handlers = request.handlers;
  LoadedTemplate loaded;
  if (!request.template_path.empty()) {
    loaded = load_valid_template(request.template_path, workers.environment, false);
  }
  auto paths = handler_paths(workers.handlers, loaded.value.get());
  if (paths.empty()) throw no_handlers_error(loaded.value.get());
  PreparedTask prepared;
  prepared.runtime.workers = worker_options(workers, std::move(paths));
  return prepared;
}

PreparedTask prepare_call(const CallRequest& request, const ServiceOptions& options) {
  JsonText context = parse_input(request.context, "context");
  PreparedTask prepared = prepare_handlers(request.from, options);
  const SharedTemplate one_step = call_template(request.handler);
  prepared.host_key = host_key(prepared.runtime, *handler_set_of(prepared.runtime.workers), *one_step);
  TaskRequest task{one_step, std::move(context), request.timeout};
  prepared.task = {"", std::move(task), request.handler, request.events, [](const TaskRecord& record) {
                     const ExitCode code = exit_code_of(record);
                     return Answer{call_json(record.steps.front(), code), code};
                   }};
  prepared.task.refused = [handler = request.handler](Runtime& runtime, const RunResult& result) {
    return call_refusal(runtime, result, handler);
  };
  return prepared;
}

}  // namespace tasker::cli
