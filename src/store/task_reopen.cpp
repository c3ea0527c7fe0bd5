#include "store/task_reopen.hpp"

#include "store/row_codec.hpp"
#include "store/store_file.hpp"
#include "store/task_writer.hpp"
#include "store/template_table.hpp"

namespace tasker::store {

namespace {

[[noreturn]] void refuse(const TaskRecord& record) {
  throw WriteRefused("the task " + record.task.uuid.text() + " was changed by somebody else just now; look at it again",
                     StoreError::Kind::NotOwner);
}

void reopen_row(Db& db, const TaskRecord& record, const ReopenChanges& changes) {
  std::optional<std::int64_t> template_row;
  TemplateTable templates(db, TemplateTable::Sharing::Shared);
  if (changes.task_template) template_row = templates.row_of(changes.task_template);
  try {
    db.cached(
          "UPDATE tasks SET state = 'in_progress', error = NULL, finished_at = NULL, stop_requested = NULL, "
          "owner = NULL, fence = fence + 1, recoveries = 0, context = coalesce(?, context), "
          "template_id = coalesce(?, template_id) WHERE id = ? AND fence = ? AND state = ?")
        .bind(json_column(changes.context))
        .bind(template_row)
        .bind(record.task.id)
        .bind(record.fence)
        .bind(to_string(record.state))
        .run();
  } catch (const SqliteError& error) {
    if (!error.is_unique_conflict()) throw;
    throw WriteRefused("another live task of \"" + record.task.task_template->name + "\" has the unique key \"" +
                           record.task.unique_key + "\"",
                       StoreError::Kind::DuplicateKey);
  }
  if (db.changes() == 0) refuse(record);
}

/// Back to its start. A result that stood is no longer the step's: its row in the history says so and stays.
void reset_step(Db& db, const TaskRecord& record, const Reopening::Reset& reset, WallTime now) {
  db.cached(
        "UPDATE steps SET state = 'pending', attempts = 0, results = NULL, output = NULL, error = NULL, "
        "checkpoint = NULL, retry_delay_us = NULL, started_at = NULL, finished_at = NULL, changed_at = ? "
        "WHERE task_id = ? AND step_index = ? AND state = ?")
      .bind(micros(now))
      .bind(record.task.id)
      .bind(reset.step)
      .bind(to_string(reset.from))
      .run();
  if (db.changes() == 0) refuse(record);
  db.cached(
        "UPDATE step_history SET outcome = 'superseded' WHERE task_id = ? AND step_index = ? AND outcome = 'complete'")
      .bind(record.task.id)
      .bind(reset.step)
      .run();
}

void resolve_step(Db& db, const TaskRecord& record, const Reopening::Resolution& resolution, WallTime now) {
  db.cached(
        "UPDATE steps SET state = 'resolved_manually', results = ?, error = NULL, finished_at = ?, changed_at = ? "
        "WHERE task_id = ? AND step_index = ? AND state = 'error'")
      .bind(resolution.results.view())
      .bind(micros(now))
      .bind(micros(now))
      .bind(record.task.id)
      .bind(resolution.step)
      .run();
  if (db.changes() == 0) refuse(record);
  db.cached("INSERT INTO step_history VALUES (?, ?, ?, ?, ?, 0, 0, 0, NULL, NULL, ?, 0, NULL)")
      .bind(record.task.id)
      .bind(resolution.step)
      .bind(static_cast<std::int64_t>(resolution.attempt.dispatch))
      .bind(resolution.attempt.attempt)
      .bind(resolution.attempt.outcome)
      .bind(micros(now))
      .run();
}

}  // namespace

void reopen_task(const std::string& path, const TaskRecord& record, const Reopening& reopening,
                 const ReopenChanges& changes, WallTime now) {
  Db db = open_for_writing(path);
  Transaction transaction(db);
  reopen_row(db, record, changes);
  for (const auto& reset : reopening.resets) reset_step(db, record, reset, now);
  if (reopening.resolution) resolve_step(db, record, *reopening.resolution, now);
  transaction.commit();
}

}  // namespace tasker::store
