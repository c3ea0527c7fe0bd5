#include "store/task_writer.hpp"

#include <optional>
#include <string>
#include <variant>

#include "store/handler_set_table.hpp"
#include "store/row_codec.hpp"

namespace tasker::store {

namespace {

std::string task_name(TaskId task) { return "task " + std::to_string(task); }
std::string step_name(TaskId task, StepIndex step) { return "step " + std::to_string(step) + " of " + task_name(task); }
std::string standing(std::string_view state, std::int64_t attempts) {
  return std::string(state) + " with " + std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts");
}

// What a change writes, as columns; they must live until the statement has run.
struct StepColumns {
  explicit StepColumns(const StepChange& change)
      : error(error_column(change.error)),
        started_at(start_of(change)),
        finished_at(is_final(change.to) ? std::optional(micros(change.at)) : std::nullopt) {}

  // A step starts once: with the first dispatch that may have run, or when the start itself is put on disk.
  static std::optional<std::int64_t> start_of(const StepChange& change) {
    if (change.attempt && change.attempt->report.started_at != WallTime{}) {
      return micros(change.attempt->report.started_at);
    }
    return change.to == StepState::InProgress ? std::optional(micros(change.at)) : std::nullopt;
  }

  std::optional<std::string> error;
  std::optional<std::int64_t> started_at;
  std::optional<std::int64_t> finished_at;
};

}  // namespace

void TaskWriter::write(const StoreBatch& batch) {
  for (const auto& one : batch.writes) {
    std::visit([this](const auto& known) { write(known); }, one);
  }
}

// --- a new task
// --------------------------------------------------------------------------------------------------------

void TaskWriter::write(const CreateTask& create) {
  if (!create.task.task_template) throw WriteRefused(task_name(create.task.id) + " has no template");
  const std::size_t steps =
      create.step_templates.empty() ? create.task.task_template->steps.size() : create.step_templates.size();
  if (create.step_uuids.size() != steps) {
    throw WriteRefused(task_name(create.task.id) + " begins with " + std::to_string(steps) + " steps, but " +
                       std::to_string(create.step_uuids.size()) + " step ids were given");
  }
  if (insert_task(create)) insert_steps(create);
}

/// False when this very task is there already; its steps came with it.
bool TaskWriter::insert_task(const CreateTask& create) {
  const Task& task = create.task;
  const bool runs = create.state != TaskState::Pending;
  const std::int64_t requested_at = micros(task.requested_at);
  const auto text_or_null = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  const auto run_id = text_or_null(task.run_id);
  const auto unique_key = text_or_null(task.unique_key);
  try {
    db_.cached(
           "INSERT INTO tasks (id, uuid, template_id, handler_set_id, namespace, name, version, context, "
           "correlation_id, requested_at, timeout_us, state, started_at, run_id, line, unique_key, owner, epoch) "
           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
        .bind(task.id)
        .bind(task.uuid.bytes())
        .bind(templates_.row_of(task.task_template))
        .bind(handler_set_row(db_, task.handler_set))
        .bind(task.task_template->namespace_name)
        .bind(task.task_template->name)
        .bind(task.task_template->version)
        .bind(task.context.view())
        .bind(task.correlation_id.bytes())
        .bind(requested_at)
        .bind(micros(task.timeout))
        .bind(to_string(create.state))
        .bind(runs ? std::optional(requested_at) : std::nullopt)
        .bind(run_id)
        .bind(task.line)
        .bind(unique_key)
        .bind(owner_id())
        .bind(owner_.epoch)
        .run();
  } catch (const SqliteError& error) {
    if (error.is_unique_conflict()) refuse_duplicate(create);
    throw;
  }
  if (db_.changes() == 1) return true;
  Statement& there = db_.cached("SELECT uuid FROM tasks WHERE id = ?").bind(task.id);
  there.step();
  const Uuid uuid = read_uuid(there);
  there.reset();
  if (uuid == task.uuid) return false;
  throw WriteRefused(task_name(task.id) + " was to be created with uuid " + task.uuid.text() +
                     ", but the number belongs to the task with uuid " + uuid.text());
}

std::optional<std::span<const std::uint8_t>> TaskWriter::owner_id() const {
  return owner_.id ? std::optional(std::span<const std::uint8_t>(owner_.id->bytes())) : std::nullopt;
}

/// Which of the unique columns it was, and who has the value.
void TaskWriter::refuse_duplicate(const CreateTask& create) {
  const Task& task = create.task;
  Statement& key = db_.cached(
      "SELECT uuid FROM tasks WHERE namespace = ? AND name = ? AND unique_key = ? "
      "AND (state = 'in_progress' OR state = 'pending' OR state = 'waiting_for_retry' OR state = "
      "'blocked_by_failures')");
  key.bind(task.task_template->namespace_name).bind(task.task_template->name).bind(task.unique_key);
  if (!task.unique_key.empty() && key.step()) {
    const Uuid first = read_uuid(key);
    key.reset();
    throw WriteRefused("the unique key \"" + task.unique_key + "\" belongs to the task " + first.text() + " of \"" +
                           task.task_template->name + "\", which has not ended",
                       StoreError::Kind::DuplicateKey);
  }
  key.reset();
  throw WriteRefused(
      "line " + std::to_string(task.line.value_or(0)) + " of run \"" + task.run_id + "\" has a task already",
      StoreError::Kind::DuplicateKey);
}

void TaskWriter::insert_steps(const CreateTask& create) {
  Statement& insert = db_.cached(
      "INSERT INTO steps (task_id, step_index, uuid, name, template_index, state, attempts) "
      "VALUES (?, ?, ?, ?, ?, 'pending', 0)");
  for (StepIndex index = 0; index < create.step_uuids.size(); ++index) {
    const StepIndex of = create.step_templates.empty() ? index : create.step_templates[index];
    insert.bind(create.task.id)
        .bind(index)
        .bind(create.step_uuids[index].bytes())
        .bind(create.task.task_template->steps.at(of).name)
        .bind(of)
        .run();
  }
}

// --- a transition
// ------------------------------------------------------------------------------------------------------

void TaskWriter::write(const Transition& transition) {
  const std::int64_t recoveries = check_owner(transition.task, transition.fence);
  bool went_on = false;
  for (const auto& change : transition.steps) {
    change_step(transition, change);
    // A batch that puts down checkpoints gets somewhere, however many engines die meanwhile: it never puts down the
    // same one twice.
    went_on = went_on || change.to == StepState::Complete || change.checkpoint;
  }
  for (const auto& step : transition.created) insert_created(transition.task, step);
  if (recoveries > 0 && went_on) {
    db_.cached("UPDATE tasks SET recoveries = 0 WHERE id = ?").bind(transition.task).run();
  }
  if (transition.stop) {
    db_.cached("UPDATE tasks SET stop_requested = ?, error = coalesce(?, error) WHERE id = ?")
        .bind(to_string(*transition.stop))
        .bind(error_column(transition.stop_error))
        .bind(transition.task)
        .run();
  }
  if (transition.task_state || transition.task_error) change_task(transition);
}

std::int64_t TaskWriter::check_owner(TaskId task, std::int64_t fence) {
  Statement& find = db_.cached("SELECT owner IS ? AND fence = ?, fence, recoveries FROM tasks WHERE id = ?");
  find.bind(owner_id()).bind(fence).bind(task);
  if (!find.step()) {
    throw WriteRefused(task_name(task) + " was to change, but there is no such task", StoreError::Kind::NotOwner);
  }
  const bool ours = find.integer() != 0;
  const std::int64_t there = find.integer();
  const std::int64_t recoveries = find.integer();
  find.reset();
  if (ours) return recoveries;
  throw WriteRefused(task_name(task) + " was to change under fence " + std::to_string(fence) +
                         ", but another engine has taken it over (fence " + std::to_string(there) + ")",
                     StoreError::Kind::NotOwner);
}

void TaskWriter::change_step(const Transition& transition, const StepChange& change) {
  const StepColumns columns(change);
  db_.cached(
         "UPDATE steps SET state = ?, attempts = ?, results = coalesce(?, results), output = coalesce(?, output), "
         "error = ?, checkpoint = coalesce(?, checkpoint), retry_delay_us = ?, "
         "started_at = coalesce(started_at, ?), finished_at = ?, changed_at = ? "
         "WHERE task_id = ? AND step_index = ? AND state = ? AND attempts = ?")
      .bind(to_string(change.to))
      .bind(change.attempts)
      .bind(json_column(change.results))
      .bind(json_column(change.output))
      .bind(columns.error)
      .bind(json_column(change.checkpoint))
      .bind(micros(change.retry_delay))
      .bind(columns.started_at)
      .bind(columns.finished_at)
      .bind(micros(change.at))
      .bind(transition.task)
      .bind(change.step)
      .bind(to_string(change.from))
      .bind(change.attempts_before)
      .run();
  const bool done_before = db_.changes() == 0;
  if (done_before && !is_done(transition.task, change)) refuse(transition.task, change);
  if (!change.attempt) return;
  if (done_before && has_history(transition.task, change.step, change.attempt->dispatch)) return;
  insert_history(transition.task, change.step, *change.attempt);
}

/// The row says word for word what the change would make of it.
bool TaskWriter::is_done(TaskId task, const StepChange& change) {
  const StepColumns columns(change);
  Statement& find = db_.cached(
      "SELECT 1 FROM steps WHERE task_id = ? AND step_index = ? AND state = ? AND attempts = ? "
      "AND results IS coalesce(?, results) AND output IS coalesce(?, output) AND error IS ? "
      "AND checkpoint IS coalesce(?, checkpoint) AND retry_delay_us IS ? AND finished_at IS ? AND changed_at IS ?");
  find.bind(task)
      .bind(change.step)
      .bind(to_string(change.to))
      .bind(change.attempts)
      .bind(json_column(change.results))
      .bind(json_column(change.output))
      .bind(columns.error)
      .bind(json_column(change.checkpoint))
      .bind(micros(change.retry_delay))
      .bind(columns.finished_at)
      .bind(micros(change.at));
  const bool found = find.step();
  find.reset();
  return found;
}

void TaskWriter::refuse(TaskId task, const StepChange& change) {
  const std::string expected = step_name(task, change.step) + " was to go from " +
                               standing(to_string(change.from), change.attempts_before) + " to " +
                               standing(to_string(change.to), change.attempts) + ", but ";
  Statement& there = db_.cached("SELECT state, attempts, name FROM steps WHERE task_id = ? AND step_index = ?");
  there.bind(task).bind(change.step);
  if (!there.step()) throw WriteRefused(expected + "there is no such step");
  const std::string state = there.text();
  const std::int64_t attempts = there.integer();
  const std::string name = there.text();
  there.reset();
  throw WriteRefused(expected + "\"" + name + "\" is " + standing(state, attempts));
}

void TaskWriter::insert_history(TaskId task, StepIndex step, const AttemptRecord& attempt) {
  const AttemptReport& report = attempt.report;
  const auto error = error_column(attempt.error);
  try {
    db_.cached("INSERT INTO step_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(task)
        .bind(step)
        .bind(static_cast<std::int64_t>(attempt.dispatch))
        .bind(attempt.attempt)
        .bind(attempt.outcome)
        .bind(report.worker_pid)
        .bind(micros(report.queued))
        .bind(micros(report.duration))
        .bind(report.cpu_us)
        .bind(report.max_rss_kb)
        .bind(micros(report.started_at))
        .bind(std::int64_t{report.late})
        .bind(error)
        .run();
  } catch (const SqliteError& refused) {
    if (!refused.is_key_conflict()) throw;
    throw WriteRefused(step_name(task, step) + " has a record of dispatch " + std::to_string(attempt.dispatch) +
                       " already; a second one, \"" + attempt.outcome + "\", was to be written");
  }
}

bool TaskWriter::has_history(TaskId task, StepIndex step, DispatchId dispatch) {
  Statement& find = db_.cached("SELECT 1 FROM step_history WHERE task_id = ? AND step_index = ? AND dispatch = ?");
  find.bind(task).bind(step).bind(static_cast<std::int64_t>(dispatch));
  const bool found = find.step();
  find.reset();
  return found;
}

/// A step that is there already must be this very one; its dependencies came with it.
void TaskWriter::insert_created(TaskId task, const CreatedStep& step) {
  db_.cached(
         "INSERT INTO steps (task_id, step_index, uuid, name, template_index, inputs, state, attempts) "
         "VALUES (?, ?, ?, ?, ?, ?, 'pending', 0) ON CONFLICT (task_id, step_index) DO NOTHING")
      .bind(task)
      .bind(step.index)
      .bind(step.uuid.bytes())
      .bind(step.name)
      .bind(step.template_index)
      .bind(json_column(step.inputs))
      .run();
  if (db_.changes() == 0) return expect_created(task, step);
  Statement& insert = db_.cached("INSERT INTO step_dependencies VALUES (?, ?, ?)");
  for (const StepIndex parent : step.dependencies) insert.bind(task).bind(step.index).bind(parent).run();
}

void TaskWriter::expect_created(TaskId task, const CreatedStep& step) {
  Statement& there = db_.cached("SELECT uuid, name FROM steps WHERE task_id = ? AND step_index = ?");
  there.bind(task).bind(step.index).step();
  const Uuid uuid = read_uuid(there);
  const std::string name = there.text();
  there.reset();
  if (uuid == step.uuid && name == step.name) return;
  throw WriteRefused(step_name(task, step.index) + " was to be created as \"" + step.name +
                     "\", but the place belongs to \"" + name + "\"");
}

void TaskWriter::change_task(const Transition& transition) {
  const auto error = error_column(transition.task_error);
  const auto& state = transition.task_state;
  const auto at = micros(transition.at);
  db_.cached(
         "UPDATE tasks SET state = coalesce(?, state), error = ?, finished_at = ?, "
         "started_at = coalesce(started_at, ?) WHERE id = ?")
      .bind(state ? std::optional(to_string(*state)) : std::nullopt)
      .bind(error)
      .bind(state && is_final(*state) ? std::optional(at) : std::nullopt)
      .bind(state == TaskState::InProgress ? std::optional(at) : std::nullopt)
      .bind(transition.task)
      .run();
  if (db_.changes() == 0) {
    throw WriteRefused(task_name(transition.task) + " was to become " +
                       std::string(state ? to_string(*state) : "marked with an error") + ", but there is no such task");
  }
}

// --- an owner's doings
// -----------------------------------------------------------------------------------------------------

void TaskWriter::write(const ForgetTask& forget) {
  db_.cached("DELETE FROM step_logs WHERE task_id = ?").bind(forget.task).run();
  db_.cached("DELETE FROM step_history WHERE task_id = ?").bind(forget.task).run();
  db_.cached("DELETE FROM step_dependencies WHERE task_id = ?").bind(forget.task).run();
  db_.cached("DELETE FROM steps WHERE task_id = ?").bind(forget.task).run();
  db_.cached("DELETE FROM tasks WHERE id = ?").bind(forget.task).run();
}

void TaskWriter::write(const TakeOver& take_over) {
  db_.cached(
         "UPDATE tasks SET owner = ?, epoch = ?, fence = fence + 1, recoveries = ? "
         "WHERE id = ? AND fence = ? AND state IN ('pending', 'in_progress', 'waiting_for_retry')")
      .bind(owner_id())
      .bind(owner_.epoch)
      .bind(take_over.recoveries)
      .bind(take_over.task)
      .bind(take_over.fence_before)
      .run();
  if (db_.changes() == 1) return;
  // The very same write may have been done before, by a group that was tried twice.
  check_owner(take_over.task, take_over.fence_before + 1);
}

void TaskWriter::write(const AppendLogs& logs) {
  Statement& insert = db_.cached(
      "INSERT INTO step_logs VALUES (?1, ?2, ?3, (SELECT coalesce(max(line), 0) + 1 FROM step_logs "
      "WHERE task_id = ?1 AND step_index = ?2 AND dispatch = ?3), ?4, ?5, ?6, ?7)");
  for (const LogLine& line : logs.lines) {
    insert.bind(logs.task)
        .bind(logs.step)
        .bind(static_cast<std::int64_t>(logs.dispatch))
        .bind(micros(line.at))
        .bind(line.level)
        .bind(line.message)
        .bind(line.fields.is_null() ? std::nullopt : std::optional(line.fields.view()))
        .run();
  }
}

}  // namespace tasker::store
