#include "cli/run/result_object.hpp"

#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

void write_time(JsonWriter& json, std::string_view name, const std::optional<WallTime>& time) {
  time ? json.field(name, iso_text(*time)) : json.null_field(name);
}

void write_strings(JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  json.key(name).begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

/// 0 stands for "inside the engine": no pid.
void write_pid(JsonWriter& json, int pid) { pid > 0 ? json.field("worker_pid", pid) : json.null_field("worker_pid"); }

void write_attempt(JsonWriter& json, const AttemptRecord& attempt) {
  const AttemptReport& report = attempt.report;
  json.begin_object().field("dispatch", attempt.dispatch).field("attempt", attempt.attempt);
  json.field("outcome", attempt.outcome);
  write_pid(json, report.worker_pid);
  json.field("started_at", iso_text(report.started_at));
  json.field("queued_ms", milliseconds(report.queued)).field("duration_ms", milliseconds(report.duration));
  report.cpu_us ? json.field("cpu_ms", static_cast<double>(*report.cpu_us) / 1000.0) : json.null_field("cpu_ms");
  report.max_rss_kb ? json.field("max_rss_kb", *report.max_rss_kb) : json.null_field("max_rss_kb");
  if (report.late) json.field("late", true);
  if (attempt.error) write_error(json.key("error"), attempt.error);
  json.end_object();
}

/// The step's own times are those of its last attempt; the others are in its history.
void write_last_attempt(JsonWriter& json, const WorkflowStep& step) {
  if (step.history.empty()) {
    json.null_field("queued_ms").null_field("duration_ms").null_field("worker_pid");
    return;
  }
  const AttemptReport& last = step.history.back().report;
  json.field("queued_ms", milliseconds(last.queued)).field("duration_ms", milliseconds(last.duration));
  write_pid(json, last.worker_pid);
}

void write_step(JsonWriter& json, const WorkflowStep& step) {
  json.begin_object().field("step_uuid", step.uuid.text()).field("name", step.name);
  json.field("state", to_string(step.state)).field("attempts", step.attempts).field("results", step.results);
  write_error(json.key("error"), step.error);
  write_time(json, "started_at", step.started_at);
  write_time(json, "finished_at", step.finished_at);
  write_last_attempt(json, step);
  json.key("history").begin_array();
  for (const AttemptRecord& attempt : step.history) write_attempt(json, attempt);
  json.end_array().end_object();
}

void write_times(JsonWriter& json, const TaskRecord& record) {
  write_time(json, "started_at", record.started_at);
  write_time(json, "finished_at", record.finished_at);
  if (record.started_at && record.finished_at) {
    json.field("duration_ms", milliseconds(*record.finished_at - *record.started_at));
  } else {
    json.null_field("duration_ms");
  }
}

}  // namespace

void write_worker(JsonWriter& json, const WorkerEvidence& worker) {
  json.begin_object();
  worker.pid > 0 ? json.field("pid", worker.pid) : json.null_field("pid");
  worker.exit_code ? json.field("exit", *worker.exit_code) : json.null_field("exit");
  json.field_or_null("signal", worker.signal).field("last_words", worker.last_words);
  worker.memory_kb > 0 ? json.field("memory_kb", worker.memory_kb) : json.null_field("memory_kb");
  json.field_or_null("advice", worker.advice).end_object();
}

void write_error(JsonWriter& json, const SharedError& error) {
  if (!error) {
    json.null();
    return;
  }
  json.begin_object().field("kind", to_string(error->kind)).field_or_null("class", error->class_name);
  json.field("message", error->message);
  write_strings(json, "backtrace", error->backtrace);
  json.field("cause", error->cause).field_or_null("error_code", error->error_code);
  json.field("context", error->context).field("retryable", error->retryable);
  if (!error->threads.is_null()) json.field("threads", error->threads);
  error->retry_after ? json.field("retry_after", *error->retry_after) : json.null_field("retry_after");
  error->worker ? write_worker(json.key("worker"), *error->worker) : void(json.null_field("worker"));
  if (!error->blocked_by.empty()) write_strings(json, "blocked_by", error->blocked_by);
  json.end_object();
}

std::string result_object(const TaskRecord& record, const ResultFrame& frame) {
  const TaskTemplate& made_of = *record.task.task_template;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (frame.as_event) json.field("event", "task.result");
  json.field("task_uuid", record.task.uuid.text()).field("namespace", made_of.namespace_name);
  json.field("name", made_of.name).field("version", made_of.version).field("state", to_string(record.state));
  frame.exit_code >= 0 ? json.field("exit_code", frame.exit_code) : json.null_field("exit_code");
  json.field("resumable", frame.resumable).field("context", record.task.context);
  json.field_or_null("run_id", record.task.run_id);
  record.task.line.value_or(0) > 0 ? json.field("line", *record.task.line) : json.null_field("line");
  write_error(json.key("error"), record.error);
  json.key("steps").begin_array();
  for (const WorkflowStep& step : record.steps) write_step(json, step);
  json.end_array();
  write_times(json, record);
  json.end_object();
  return out;
}

}  // namespace tasker::cli
