#include "cli/task_commands/task_json.hpp"

#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

using store::TaskSummary;

void write_time(JsonWriter& json, std::string_view name, const std::optional<WallTime>& time) {
  time ? json.field(name, iso_text(*time)) : json.null_field(name);
}

void write_summary(JsonWriter& json, const TaskSummary& task) {
  json.begin_object().field("task_uuid", task.uuid.text()).field("namespace", task.name_space);
  json.field("name", task.name).field("version", task.version).field("state", task.state);
  json.field_or_null("run_id", task.run_id);
  task.line.value_or(0) > 0 ? json.field("line", *task.line) : json.null_field("line");
  json.field_or_null("unique_key", task.unique_key);
  write_time(json, "started_at", task.started_at);
  write_time(json, "finished_at", task.finished_at);
  json.field("steps_total", task.steps_total).field("steps_complete", task.steps_complete);
  write_error(json.key("error"), task.error);
  json.end_object();
}

}  // namespace

bool is_resumable(store::StoreReader& reader, const TaskRecord& record) {
  const auto owner = reader.owner(record);
  return !is_settled(record.state) && (!owner || !owner->alive);
}

std::string task_json(const TaskRecord& record, bool resumable, bool as_event) {
  const int code = is_settled(record.state) ? to_int(exit_code_of(record)) : -1;
  return result_object(record, {code, resumable, as_event});
}

std::string summary_json(const TaskSummary& task) {
  std::string out;
  JsonWriter json(out);
  write_summary(json, task);
  return out;
}

std::string tasks_json(const std::vector<TaskSummary>& tasks) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const TaskSummary& task : tasks) write_summary(json, task);
  json.end_array();
  return out;
}

}  // namespace tasker::cli
