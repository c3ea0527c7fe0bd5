#include <chrono>
#include <set>

#include "cli/command_error.hpp"
#include "cli/run/input.hpp"
#include "cli/run/resume.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/takeover.hpp"
#include "cli/run/workflow_files.hpp"
#include "cli/task_commands/commands.hpp"
#include "cli/task_commands/offline_cancel.hpp"
#include "cli/task_commands/task_text.hpp"
#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "io/control_socket.hpp"
#include "store/task_reopen.hpp"
#include "store/task_writer.hpp"

namespace tasker::cli {

namespace {

constexpr std::chrono::seconds kPatienceWithEngine{5};

WallTime wall_now() { return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()); }

std::string url_of(const std::string& path) { return "sqlite:" + path; }

CommandError conflict(const std::string& message) { return CommandError(ExitCode::TaskFailed, "conflict", message); }

StepIndex step_index(const TaskRecord& record, const std::string& name) {
  for (StepIndex i = 0; i < record.steps.size(); ++i) {
    if (record.steps[i].name == name) return i;
  }
  throw no_such_step(record, name);
}

Reopening allowed(std::variant<Reopening, CannotReopen> decided) {
  if (const auto* reason = std::get_if<CannotReopen>(&decided)) throw conflict(reason->message);
  return std::get<Reopening>(std::move(decided));
}

/// The same workflow as its file says it now: the steps must still be the stored ones.
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

void print_plan(const TaskRecord& record, const Reopening& reopening, const Console& console) {
  if (!console.is_text()) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("dry_run", true).field("task_uuid", record.task.uuid.text()).key("steps").begin_array();
    for (const auto& reset : reopening.resets) json.string(record.steps[reset.step].name);
    json.end_array().end_object();
    return console.print(out + "\n");
  }
  std::string out = "would run again:\n";
  for (const auto& reset : reopening.resets) {
    out += "  " + record.steps[reset.step].name + "  (" + std::string(to_string(reset.from)) + ")\n";
  }
  console.print(out);
}

ExitCode reopen_and_run(const TaskOptions& options, const std::string& path, const TaskRecord& record,
                        const Reopening& reopening, const store::ReopenChanges& changes, const Console& console) {
  try {
    store::reopen_task(path, record, reopening, changes, wall_now());
  } catch (const store::WriteRefused& refused) {
    if (refused.kind() == StoreError::Kind::DuplicateKey) {
      throw CommandError(ExitCode::DuplicateKey, kind::duplicate_key, refused.what());
    }
    throw conflict(refused.what());
  } catch (const std::runtime_error& error) {
    throw CommandError(ExitCode::StoreFailed, kind::store_unavailable, error.what());
  }
  const auto reader = open_reader(path);
  const TaskRecord now = *reader->load(record.task.id);
  if (!options.no_run) return finish_earlier(now, options.workers, url_of(path), options.store.options, console);
  if (console.is_text()) console.say("go on with: tasker task resume " + now.task.uuid.text() + "\n");
  return ExitCode::Complete;
}

ExitCode retry_steps(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  const TaskRecord record = named_task(*open_reader(path), options.task);
  const auto step = options.step.empty() ? std::nullopt : std::optional(step_index(record, options.step));
  const Reopening reopening = allowed(retry(record, step));
  if (options.dry_run) {
    print_plan(record, reopening, console);
    return ExitCode::Complete;
  }
  store::ReopenChanges changes;
  if (!options.input.empty()) changes.context = read_input(options.input);
  if (options.latest) changes.task_template = latest_template(record);
  return reopen_and_run(options, path, record, reopening, changes, console);
}

/// Asks the engine; it answers before the task has ended, so the end is waited for by looking.
void cancel_in_engine(const store::TaskOwner& owner, const TaskRecord& record) {
  std::string request;
  JsonWriter(request).begin_object().field("method", "cancel").field("task_uuid", record.task.uuid.text()).end_object();
  const auto answer = io::ask(owner.socket, request, kPatienceWithEngine);
  const std::string engine = "the engine with pid " + std::to_string(owner.pid);
  if (const auto* none = std::get_if<io::NoAnswer>(&answer)) {
    throw CommandError(ExitCode::StoreFailed, kind::store_unavailable, engine + " runs the task, but " + none->message);
  }
  const auto members = JsonMembers::of(std::get<std::string>(answer));
  if (members.boolean("ok").value_or(false)) return;
  throw conflict(engine + ": " + members.string("message").value_or("refused"));
}

TaskRecord wait_until_settled(store::StoreReader& reader, TaskRecord record) {
  while (!is_settled(record.state)) {
    const timespec pause{0, 50'000'000};
    ::nanosleep(&pause, nullptr);
    record = *reader.load(record.task.id);
  }
  return record;
}

}  // namespace

ExitCode task_resume(const TaskOptions& options, const Console& console) {
  if (options.task.empty() != options.all) throw usage_error("name one task, or give --all");
  const std::string path = store_file(options.store);
  const auto reader = open_reader(path);
  if (!options.all) {
    const TaskRecord record = named_task(*reader, options.task);
    must_not_be_owned(*reader, record);
    return finish_earlier(record, options.workers, url_of(path), options.store.options, console);
  }
  std::vector<Adoption> tasks;
  std::set<Uuid> alive;
  for (const auto& [id, owner] : reader->unfinished()) {
    if (owner && (alive.contains(*owner) || reader->is_alive(*owner))) {
      alive.insert(*owner);
      continue;
    }
    if (auto record = reader->load(id)) tasks.push_back({*std::move(record), owner.has_value()});
  }
  return resume_all(std::move(tasks), options.workers, url_of(path), options.store.options, console);
}

ExitCode task_retry(const TaskOptions& options, const Console& console) { return retry_steps(options, console); }

ExitCode task_resolve_step(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  const TaskRecord record = named_task(*open_reader(path), options.task);
  const JsonText results = read_json(options.results, "--results");
  const Reopening reopening = allowed(resolve(record, step_index(record, options.step), results, wall_now()));
  return reopen_and_run(options, path, record, reopening, {}, console);
}

ExitCode task_cancel(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  const auto reader = open_reader(path);
  TaskRecord record = named_task(*reader, options.task);
  if (record.state == TaskState::BlockedByFailures) {
    throw conflict("the task waits for a person: tasker task resolve-step or retry-step");
  }
  if (is_final(record.state) && record.state != TaskState::Cancelled) {
    throw conflict("the task has ended already: " + std::string(to_string(record.state)));
  }
  if (!is_final(record.state)) {
    const auto owner = reader->owner(record);
    if (owner && owner->alive) {
      cancel_in_engine(*owner, record);
    } else {
      if (owner) end_survivors({owner->id}, console);
      cancel_offline(url_of(path), options.store.options, {record, owner.has_value()});
    }
    record = wait_until_settled(*reader, std::move(record));
  }
  if (console.is_text()) {
    console.print(std::string(to_string(record.state)) + "\n");
  } else {
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .field("task_uuid", record.task.uuid.text())
        .field("state", to_string(record.state))
        .end_object();
    console.print(out + "\n");
  }
  return ExitCode::Complete;
}

ExitCode (*task_command(std::string_view name))(const TaskOptions&, const Console&) {
  if (name == "task list") return task_list;
  if (name == "task show") return task_show;
  if (name == "task logs") return task_logs;
  if (name == "task watch") return task_watch;
  if (name == "task resume") return task_resume;
  if (name == "task retry" || name == "task retry-step") return task_retry;
  if (name == "task cancel") return task_cancel;
  if (name == "task resolve-step") return task_resolve_step;
  if (name == "task gc") return task_gc;
  if (name == "store check") return store_check;
  if (name == "store backup") return store_backup;
  if (name == "store stats") return store_stats;
  return nullptr;
}

}  // namespace tasker::cli
