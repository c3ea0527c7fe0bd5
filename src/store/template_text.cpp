#include <string>

#include "core/json_writer.hpp"
#include "store/template_table.hpp"

namespace tasker::store {

namespace {

void write_timeout(JsonWriter& json, const std::optional<std::chrono::milliseconds>& timeout) {
  if (timeout) json.field("timeout_ms", std::int64_t{timeout->count()});
}

void write_position(JsonWriter& json, const SourcePosition& position) {
  json.field("line", position.line).field("column", position.column);
}

void write_handler(JsonWriter& json, const HandlerReference& handler) {
  json.key("handler").begin_object().field("callable", handler.callable).field("method", handler.method);
  json.field("resolver", handler.resolver).field("initialization", handler.initialization);
  write_position(json, handler.position);
  json.end_object();
}

void write_retry(JsonWriter& json, const RetryPolicy& retry) {
  json.key("retry").begin_object().field("retryable", retry.retryable).field("max_attempts", retry.max_attempts);
  json.field("backoff", to_string(retry.backoff)).field("jitter", retry.jitter);
  json.field("backoff_base_ms", std::int64_t{retry.backoff_base.count()});
  json.field("max_backoff_ms", std::int64_t{retry.max_backoff.count()}).end_object();
}

void write_batch(JsonWriter& json, const BatchConfig& batch) {
  json.key("batch_config").begin_object().field("batch_size", batch.batch_size);
  json.field("parallelism", batch.parallelism).field("cursor_field", batch.cursor_field);
  json.field("worker_template", batch.worker_template).field("failure_strategy", batch.failure_strategy).end_object();
}

void write_step(JsonWriter& json, const StepTemplate& step) {
  json.begin_object().field("name", step.name).field("description", step.description);
  json.field("type", to_string(step.type)).key("dependencies").begin_array();
  for (const auto dependency : step.dependencies) json.number(std::int64_t{dependency});
  json.end_array();
  write_handler(json, step.handler);
  write_retry(json, step.retry);
  write_timeout(json, step.timeout);
  json.field("at_most_once", step.at_most_once).field("system_dependency", step.system_dependency);
  json.field("publishes_events", step.publishes_events).field("lifecycle", step.lifecycle);
  if (step.batch) write_batch(json, *step.batch);
  write_position(json, step.position);
  json.end_object();
}

}  // namespace

std::string template_text(const TaskTemplate& task_template) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("name", task_template.name).field("namespace_name", task_template.namespace_name);
  json.field("version", task_template.version).field("description", task_template.description);
  json.field("environment", task_template.environment).field("metadata", task_template.metadata);
  json.field("input_schema", task_template.input_schema);
  json.field("input_schema_enforced", task_template.input_schema_enforced);
  json.field("on_failure", to_string(task_template.on_failure)).field("file", task_template.file);
  write_timeout(json, task_template.timeout);
  json.key("env").begin_object();
  for (const auto& [name, value] : task_template.env) json.field(name, value);
  json.end_object().key("handlers").begin_array();
  for (const auto& handler : task_template.handlers) json.string(handler);
  json.end_array().key("steps").begin_array();
  for (const auto& step : task_template.steps) write_step(json, step);
  json.end_array().end_object();
  return out;
}

}  // namespace tasker::store
