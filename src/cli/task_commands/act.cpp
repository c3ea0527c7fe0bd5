#include "cli/command_error.hpp"
#include "cli/run/input.hpp"
#include "cli/run/resume.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/takeover.hpp"
#include "cli/task_commands/cancelling.hpp"
#include "cli/task_commands/commands.hpp"
#include "cli/task_commands/living_engine.hpp"
#include "cli/task_commands/reopening.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

namespace {

std::string url_of(const std::string& path) { return "sqlite:" + path; }

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
  const TaskRecord now = reopen(path, record, reopening, changes);
  if (!options.no_run) return finish_earlier(now, options.workers, url_of(path), options.store.options, console);
  if (console.is_text()) console.say("go on with: tasker task resume " + now.task.uuid.text() + "\n");
  return ExitCode::Complete;
}

/// A step that is complete would have everything behind it run again, too; that takes `task retry --step`.
void must_have_failed(const TaskRecord& record, StepIndex index) {
  const WorkflowStep& step = record.steps[index];
  if (step.state == StepState::Error || step.state == StepState::Cancelled) return;
  std::string message = "the step \"" + step.name + "\" is " + std::string(to_string(step.state)) +
                        "; only steps that have failed are run again";
  if (step.state == StepState::Complete || step.state == StepState::ResolvedManually) {
    message += ", but for \"tasker task retry " + record.task.uuid.text() + " --step " + step.name +
               "\" when the task has ended";
  }
  throw conflict(message);
}

/// What may run again while the rest of the task runs: the named step, else all that failed.
Reopening failed_so_far(const TaskRecord& record, const std::string& step) {
  Reopening reopening;
  for (StepIndex i = 0; i < record.steps.size(); ++i) {
    const bool meant = step.empty() ? record.steps[i].state == StepState::Error : record.steps[i].name == step;
    if (meant) reopening.resets.push_back({i, record.steps[i].state});
  }
  return reopening;
}

/// The engine goes on with it, so this command does not wait for the task's end.
ExitCode taken_by_engine(const store::TaskOwner& owner, const TaskRecord& record, const Console& console) {
  if (console.is_text()) {
    console.print("the engine with pid " + std::to_string(owner.pid) + " goes on with it\n");
    console.say("follow it with: tasker task watch " + record.task.uuid.text() + "\n");
    return ExitCode::Complete;
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("task_uuid", record.task.uuid.text()).field("state", to_string(record.state));
  json.field("engine_pid", owner.pid).end_object();
  console.print(out + "\n");
  return ExitCode::Complete;
}

ExitCode retry_in_engine(const TaskOptions& options, store::StoreReader& reader, const store::TaskOwner& owner,
                         const TaskRecord& record, const Console& console) {
  if (!options.input.empty() || options.latest) {
    throw conflict("the task is being run by the engine with pid " + std::to_string(owner.pid) +
                   "; its context and its template can be changed when it has ended");
  }
  if (!options.step.empty()) must_have_failed(record, step_index(record, options.step));
  const Reopening reopening = failed_so_far(record, options.step);
  if (options.dry_run) {
    print_plan(record, reopening, console);
    return ExitCode::Complete;
  }
  ask_engine(owner, RetryRequest{record.task.uuid.text(), options.step});
  std::vector<StepIndex> steps;
  for (const auto& reset : reopening.resets) steps.push_back(reset.step);
  wait_until_changed(reader, owner, record, steps);
  return taken_by_engine(owner, record, console);
}

enum class Retried : bool { Anything, FailedStep };

ExitCode retry_steps(const TaskOptions& options, Retried what, const Console& console) {
  const std::string path = store_file(options.store);
  const auto reader = open_reader(path);
  const TaskRecord record = named_task(*reader, options.task);
  if (const auto owner = living_owner(*reader, record)) {
    return retry_in_engine(options, *reader, *owner, record, console);
  }
  if (what == Retried::FailedStep) must_have_failed(record, step_index(record, options.step));
  const Reopening reopening = retry_of(record, options.step);
  store::ReopenChanges changes;
  if (!options.input.empty()) changes.context = read_input(options.input);
  if (options.latest) changes.task_template = latest_template(record);
  if (options.dry_run) {
    print_plan(record, reopening, console);
    return ExitCode::Complete;
  }
  return reopen_and_run(options, path, record, reopening, changes, console);
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
  return resume_all(*reader, options.workers, options.store.options, console);
}

ExitCode task_retry(const TaskOptions& options, const Console& console) {
  return retry_steps(options, Retried::Anything, console);
}

ExitCode task_retry_step(const TaskOptions& options, const Console& console) {
  return retry_steps(options, Retried::FailedStep, console);
}

ExitCode task_resolve_step(const TaskOptions& options, const Console& console) {
  const std::string path = store_file(options.store);
  const auto reader = open_reader(path);
  const TaskRecord record = named_task(*reader, options.task);
  const JsonText results = read_json(options.results, "--results");
  if (const auto owner = living_owner(*reader, record)) {
    const StepIndex step = step_index(record, options.step);
    ask_engine(*owner, ResolveRequest{record.task.uuid.text(), options.step, results});
    wait_until_changed(*reader, *owner, record, {step});
    return taken_by_engine(*owner, record, console);
  }
  const Reopening reopening = resolution_of(record, options.step, results, options.workers.steps);
  return reopen_and_run(options, path, record, reopening, {}, console);
}

ExitCode task_cancel(const TaskOptions& options, const Console& console) {
  const TaskRecord record = cancel_stored(store_file(options.store), options.store.options, options.task, console);
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
  if (name == "task retry") return task_retry;
  if (name == "task retry-step") return task_retry_step;
  if (name == "task cancel") return task_cancel;
  if (name == "task resolve-step") return task_resolve_step;
  if (name == "task gc") return task_gc;
  if (name == "store check") return store_check;
  if (name == "store backup") return store_backup;
  if (name == "store stats") return store_stats;
  return nullptr;
}

}  // namespace tasker::cli
