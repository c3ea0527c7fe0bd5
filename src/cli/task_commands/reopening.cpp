#include "cli/task_commands/reopening.hpp"

#include <chrono>
#include <stdexcept>

#include "cli/run/takeover.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/task_commands/task_text.hpp"
#include "store/task_writer.hpp"

namespace tasker::cli {

namespace {

WallTime wall_now() { return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()); }

Reopening allowed(std::variant<Reopening, CannotReopen> decided) {
  if (const auto* reason = std::get_if<CannotReopen>(&decided)) throw conflict(reason->message);
  return std::get<Reopening>(std::move(decided));
}

}  // namespace

namespace {

/// A task that is under way belongs to an engine, living or dead, and goes on there; the way on is not to reopen it.
void must_be_at_rest(const TaskRecord& record) {
  if (is_settled(record.state)) return;
  throw conflict("the task is " + std::string(to_string(record.state)) +
                 " and no engine runs it; only one that has ended, or waits for a person, can be changed")
      .with_hint("go on with it first: tasker task resume " + record.task.uuid.text());
}

}  // namespace

CommandError conflict(const std::string& message) { return CommandError(ExitCode::TaskFailed, "conflict", message); }

StepIndex step_index(const TaskRecord& record, const std::string& name) {
  for (StepIndex i = 0; i < record.steps.size(); ++i) {
    if (record.steps[i].name == name) return i;
  }
  throw no_such_step(record, name);
}

Reopening retry_of(const TaskRecord& record, const std::string& step) {
  must_be_at_rest(record);
  return allowed(retry(record, step.empty() ? std::nullopt : std::optional(step_index(record, step))));
}

Reopening resolution_of(const TaskRecord& record, const std::string& step, const JsonText& results,
                        const StepLimits& limits) {
  must_be_at_rest(record);
  return allowed(resolve(record, step_index(record, step), results, limits, wall_now()));
}

SharedTemplate latest_template(const TaskRecord& record) {
  const TaskTemplate& stored = *record.task.task_template;
  if (stored.file.empty() || stored.file == "-")
    throw conflict("the template came from standard input; --latest has no file to read");
  const LoadedTemplate loaded = load_valid_template(stored.file, stored.environment, false);
  bool same = loaded.value->steps.size() == stored.steps.size();
  for (std::size_t i = 0; same && i < stored.steps.size(); ++i) {
    same = loaded.value->steps[i].name == stored.steps[i].name &&
           loaded.value->steps[i].dependencies == stored.steps[i].dependencies;
  }
  if (!same)
    throw conflict(stored.file +
                   " has other steps or dependencies now than the task began with; run the workflow anew");
  return loaded.value;
}

TaskRecord reopen(const std::string& path, const TaskRecord& record, const Reopening& reopening,
                  const store::ReopenChanges& changes) {
  try {
    store::reopen_task(path, record, reopening, changes, wall_now());
  } catch (const store::WriteRefused& refused) {
    if (refused.kind() == StoreError::Kind::DuplicateKey) {
      throw CommandError(ExitCode::DuplicateKey, kind::duplicate_key, refused.what());
    }
    throw conflict(refused.what());
  } catch (const store::SqliteError&) {
    throw;  // told with the store's name
  } catch (const std::runtime_error& error) {
    throw CommandError(ExitCode::StoreFailed, kind::store_unavailable, error.what());
  }
  return *open_reader(path)->load(record.task.id);
}

}  // namespace tasker::cli
