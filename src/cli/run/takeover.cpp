#include "cli/run/takeover.hpp"

#include <filesystem>
#include <stdexcept>

#include "cli/command_error.hpp"
#include "cli/run/workflow_files.hpp"
#include "io/leftovers.hpp"
#include "store/store_file.hpp"

namespace tasker::cli {

namespace {

constexpr Duration kPatienceWithSurvivors = std::chrono::seconds(5);

CommandError unavailable(const std::string& message) {
  return CommandError(ExitCode::StoreFailed, kind::store_unavailable, message);
}

}  // namespace

std::unique_ptr<store::StoreReader> open_reader(const std::string& path) {
  try {
    return std::make_unique<store::StoreReader>(path);
  } catch (const std::runtime_error& error) {
    throw unavailable(error.what());
  }
}

std::unique_ptr<store::StoreReader> open_reader_for_run(const std::string& path) {
  try {
    store::open_for_writing(path);
  } catch (const std::runtime_error& error) {
    throw unavailable(error.what());
  }
  return open_reader(path);
}

TaskRecord named_task(store::StoreReader& reader, const std::string& id) {
  std::optional<TaskId> task;
  try {
    task = reader.find(id);
  } catch (const store::SqliteError&) {
    throw;  // told with the store's name
  } catch (const std::runtime_error& error) {
    throw usage_error(error.what());
  }
  if (task) {
    if (auto record = reader.load(*task)) return *std::move(record);
  }
  throw CommandError(ExitCode::NotFound, kind::not_found, "there is no task \"" + id + "\" in " + reader.path())
      .with_hint("\"tasker task list\" shows what there is; a part of an id is enough");
}

void must_not_be_owned(store::StoreReader& reader, const TaskRecord& record) {
  const auto owner = reader.owner(record);
  if (!owner || !owner->alive || is_final(record.state)) return;
  throw unavailable("the task " + record.task.uuid.text() + " is being run by the engine with pid " +
                    std::to_string(owner->pid));
}

void must_be_of(const TaskTemplate& wanted, const std::string& run_id, const TaskRecord& earlier) {
  const TaskTemplate& was = *earlier.task.task_template;
  if (was.name == wanted.name && was.namespace_name == wanted.namespace_name) return;
  throw usage_error("the run \"" + run_id + "\" belongs to the workflow \"" + was.name + "\" of namespace \"" +
                    was.namespace_name + "\", not to \"" + wanted.name + "\" of \"" + wanted.namespace_name +
                    "\"; choose another --run-id");
}

void end_survivors(const std::set<Uuid>& dead_engines, const Console& console) {
  for (const Uuid& engine : dead_engines) {
    const auto alive = io::end_leftovers({{}, "TASKER_ENGINE=" + engine.text(), 0}, kPatienceWithSurvivors);
    for (const auto& survivor : alive) {
      console.warn("process " + std::to_string(survivor.pid) + " (" + survivor.name +
                   ") of an engine that died can't be ended; what it runs may run twice");
    }
  }
}

RuntimeOptions runtime_for(const HandlerSet& set, const WorkerChoice& choice, const std::string& store_url,
                           const StoreOptions& store_options) {
  WorkerChoice own = choice;
  own.environment = set.environment;
  own.requires_.clear();
  RuntimeOptions runtime;
  runtime.store = store_url;
  runtime.store_options = store_options;
  runtime.workers =
      worker_options(own, choice.handlers.empty() ? set.handlers : handler_paths(choice.handlers, nullptr));
  runtime.workers.requires_ = set.requires_;
  runtime.workers.ruby = set.ruby;
  runtime.workers.env = set.env;
  runtime.workers.directory = set.directory;
  runtime.step_limits = choice.steps;
  runtime.drain_grace = choice.patience.drain.value_or(runtime.drain_grace);
  return runtime;
}

SharedHandlerSet handler_set_of(const WorkerOptions& workers) {
  auto set = std::make_shared<HandlerSet>();
  std::error_code error;
  set->handlers = workers.handlers;
  set->requires_ = workers.requires_;
  set->environment = workers.environment;
  set->env = workers.env;
  set->ruby = workers.ruby;
  set->directory = std::filesystem::current_path(error).string();
  return set;
}

HandlerSet handler_set_of(const Task& task) { return task.handler_set ? *task.handler_set : HandlerSet{}; }

std::string handler_set_key(const HandlerSet& set) {
  std::string key = set.environment + '\n' + set.directory + '\n' + set.ruby;
  for (const auto& list : {set.handlers, set.requires_}) {
    for (const std::string& path : list) key += '\n' + path;
    key += '\n';
  }
  for (const auto& [name, value] : set.env) key += '\n' + name + '=' + value;
  return key;
}

}  // namespace tasker::cli
