#include "store/task_reader.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "store/handler_set_table.hpp"
#include "store/row_codec.hpp"

namespace tasker::store {

namespace {

template <typename State>
State known_state(std::optional<State> state, const std::string& name) {
  if (!state) throw std::runtime_error("the store holds the unknown state \"" + name + "\"");
  return *state;
}

std::optional<WallTime> wall_time_or_none(std::optional<std::int64_t> micros) {
  return micros ? std::optional(wall_time(*micros)) : std::nullopt;
}

TaskRecord read_task_row(Statement& row, std::int64_t& template_row) {
  TaskRecord record;
  Task& task = record.task;
  task.id = row.integer();
  task.uuid = read_uuid(row);
  template_row = row.integer();
  task.context = JsonText::trusted(row.text());
  task.correlation_id = read_uuid(row);
  task.requested_at = wall_time(row.integer());
  if (const auto timeout = row.integer_or_null()) task.timeout = duration(*timeout);
  const std::string state = row.text();
  record.state = known_state(task_state_from(state), state);
  record.error = error_from_column(row.text_or_null());
  record.started_at = wall_time_or_none(row.integer_or_null());
  record.finished_at = wall_time_or_none(row.integer_or_null());
  task.run_id = row.text_or_null().value_or("");
  task.line = row.integer_or_null();
  task.unique_key = row.text_or_null().value_or("");
  if (const auto stop = row.text_or_null()) record.stop_requested = known_state(stop_reason_from(*stop), *stop);
  if (const auto owner = row.blob_or_null()) record.owner = Uuid(*owner);
  record.fence = row.integer();
  record.recoveries = static_cast<int>(row.integer());
  if (const auto set = row.text_or_null()) task.handler_set = handler_set_from_text(*set);
  return record;
}

WorkflowStep read_step_row(Statement& row) {
  WorkflowStep step;
  step.uuid = read_uuid(row);
  step.name = row.text();
  step.template_index = static_cast<StepIndex>(row.integer());
  step.inputs = json_from_column(row.text_or_null());
  const std::string state = row.text();
  step.state = known_state(step_state_from(state), state);
  step.attempts = static_cast<std::uint32_t>(row.integer());
  step.results = json_from_column(row.text_or_null());
  step.error = error_from_column(row.text_or_null());
  step.checkpoint = json_from_column(row.text_or_null());
  if (const auto delay = row.integer_or_null()) step.retry_delay = duration(*delay);
  step.changed_at = wall_time(row.integer());
  step.started_at = wall_time_or_none(row.integer_or_null());
  step.finished_at = wall_time_or_none(row.integer_or_null());
  return step;
}

void read_steps(Db& db, TaskId task, TaskRecord& record) {
  Statement& rows = db.cached(
      "SELECT uuid, name, template_index, inputs, state, attempts, results, error, checkpoint, retry_delay_us, "
      "coalesce(changed_at, 0), started_at, finished_at "
      "FROM steps WHERE task_id = ? ORDER BY step_index");
  rows.bind(task);
  while (rows.step()) record.steps.push_back(read_step_row(rows));
}

/// Steps that were there from the start wait for those that their template names, all of which were there too.
void link_initial_steps(std::vector<WorkflowStep>& steps, const TaskTemplate& task_template) {
  std::vector<StepIndex> place_of(task_template.steps.size());
  for (StepIndex index = 0; index < steps.size(); ++index) place_of.at(steps[index].template_index) = index;
  for (WorkflowStep& step : steps) {
    if (!step.dependencies.empty()) continue;
    for (const StepIndex parent : task_template.steps[step.template_index].dependencies) {
      step.dependencies.push_back(place_of[parent]);
    }
    std::sort(step.dependencies.begin(), step.dependencies.end());
  }
}

void read_dependencies(Db& db, TaskId task, TaskRecord& record) {
  Statement& rows = db.cached(
      "SELECT step_index, parent_index FROM step_dependencies WHERE task_id = ? ORDER BY step_index, parent_index");
  rows.bind(task);
  while (rows.step()) {
    auto& step = record.steps.at(static_cast<std::size_t>(rows.integer()));
    step.dependencies.push_back(static_cast<StepIndex>(rows.integer()));
  }
  link_initial_steps(record.steps, *record.task.task_template);
}

void read_history(Db& db, TaskId task, TaskRecord& record) {
  Statement& rows = db.cached(
      "SELECT step_index, dispatch, attempt, outcome, worker_pid, queued_us, duration_us, cpu_us, max_rss_kb, "
      "started_at, late, error FROM step_history WHERE task_id = ? ORDER BY step_index, dispatch");
  rows.bind(task);
  while (rows.step()) {
    auto& step = record.steps.at(static_cast<std::size_t>(rows.integer()));
    step.history.push_back(read_attempt(rows));
  }
}

}  // namespace

std::optional<TaskRecord> read_task(Db& db, TemplateTable& templates, TaskId task) {
  Statement& row = db.cached(
      "SELECT id, uuid, template_id, context, correlation_id, requested_at, timeout_us, state, error, started_at, "
      "finished_at, run_id, line, unique_key, stop_requested, owner, fence, recoveries, "
      "(SELECT body FROM handler_sets WHERE id = handler_set_id) FROM tasks WHERE id = ?");
  row.bind(task);
  if (!row.step()) return std::nullopt;
  std::int64_t template_row = 0;
  TaskRecord record = read_task_row(row, template_row);
  row.reset();
  record.task.task_template = templates.at(template_row);
  read_steps(db, task, record);
  read_dependencies(db, task, record);
  read_history(db, task, record);
  return record;
}

}  // namespace tasker::store
