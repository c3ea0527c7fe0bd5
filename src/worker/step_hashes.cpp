#include "worker/step_hashes.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::worker {

namespace {

/// FNV-1a, 64 bit: names that must be the same numbers in every run and process.
std::uint64_t fnv(std::string_view text, std::uint64_t hash = 14695981039346656037ULL) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

/// A positive number that fits Ruby's and SQL's integers.
std::int64_t number_of(std::uint64_t hash) { return static_cast<std::int64_t>(hash & 0x7FFFFFFF) + 1; }

/// A version 8 UUID (RFC 9562, 5.8) made from a name.
std::string uuid_of(std::uint64_t hash) {
  std::array<std::uint8_t, 16> bytes;
  const std::uint64_t second = fnv("uuid", hash);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(hash >> (8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(second >> (8 * i));
  }
  bytes[6] = static_cast<std::uint8_t>(0x80 | (bytes[6] & 0xF));
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
  return Uuid(bytes).text();
}

std::uint64_t identity_of(const TaskTemplate& of) { return fnv(of.version, fnv(of.name, fnv(of.namespace_name))); }

std::string hex(std::uint64_t value) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return {digits.data(), end};
}

std::uint64_t step_identity(const StepContext& context) {
  return fnv(context.step_template().name, identity_of(context.task_template()));
}

std::string deadline_text(Duration timeout, WallTime now) {
  return iso_text(now + std::chrono::duration_cast<std::chrono::microseconds>(timeout));
}

// --- members of the hashes, by who knows them ---

/// The same in all tasks of a template.
void task_constants(JsonWriter& json, const TaskTemplate& of) {
  const std::uint64_t identity = identity_of(of);
  json.field("named_task_id", number_of(identity))
      .field("named_task_uuid", uuid_of(identity))
      .field("name", of.name)
      .field("namespace_name", of.namespace_name)
      .field("version", of.version)
      .field("complete", false)
      .null_field("initiator")
      .null_field("source_system")
      .null_field("reason")
      .null_field("bypass_steps")
      .null_field("tags")
      .field("priority", 0)
      .null_field("parent_correlation_id");
}

void task_itself(JsonWriter& json, const Task& task) {
  json.field("task_id", task.id)
      .field("task_uuid", task.uuid.text())
      .field("requested_at", iso_text(task.requested_at))
      .field("context", task.context)
      .field("identity_hash", hex(fnv(task.context.view(), identity_of(*task.task_template))))
      .field("correlation_id", task.correlation_id.text());
}

/// The same in all steps of a template's step.
void step_constants(JsonWriter& json, const StepContext& context) {
  const StepTemplate& of = context.step_template();
  const std::uint64_t identity = step_identity(context);
  json.field("named_step_id", number_of(identity))
      .field("named_step_uuid", uuid_of(identity))
      .field("template_step_name", of.name)
      .field("retryable", of.retry.retryable)
      .field("retry_limit", of.retry.max_attempts)
      .field("max_attempts", of.retry.max_attempts)
      .field("in_process", true)
      .field("processed", false)
      .null_field("processed_at")
      .null_field("backoff_request_seconds")
      .null_field("results")
      .field("skippable", false);
}

void step_itself(JsonWriter& json, const StepContext& context, Duration timeout, WallTime now) {
  json.field("workflow_step_id", workflow_step_id(context.task().id, context.index()))
      .field("workflow_step_uuid", context.step().uuid.text())
      .field("attempt", context.attempt())
      .field("deadline", deadline_text(timeout, now));
}

}  // namespace

std::int64_t workflow_step_id(TaskId task, StepIndex step) { return task * 1'000'000 + step + 1; }

void write_task(JsonWriter& json, const Task& task) {
  const std::string requested = iso_text(task.requested_at);
  json.begin_object();
  task_constants(json, *task.task_template);
  task_itself(json, task);
  json.field("created_at", requested).field("updated_at", requested).end_object();
}

void write_common_task(JsonWriter& json, const TaskTemplate& of) {
  json.begin_object();
  task_constants(json, of);
  json.end_object();
}

void write_own_task(JsonWriter& json, const Task& task) {
  json.begin_object();
  task_itself(json, task);
  json.end_object();
}

void write_step(JsonWriter& json, const StepContext& context, Duration timeout, WallTime now) {
  const WorkflowStep& step = context.step();
  const std::string created = iso_text(context.task().requested_at);
  json.begin_object();
  step_constants(json, context);
  step_itself(json, context, timeout, now);
  json.field("name", step.name)
      .field("task_id", context.task().id)
      .field("task_uuid", context.task().uuid.text())
      .field("attempts", step.attempts);
  if (step.history.empty()) {
    json.null_field("last_attempted_at");
  } else {
    json.field("last_attempted_at", iso_text(step.history.back().report.started_at));
  }
  json.key("inputs")
      .raw(step.inputs.is_null() ? std::string_view("{}") : step.inputs.view())
      .field("checkpoint", step.checkpoint)
      .field("idempotency_key", context.idempotency_key())
      .field("created_at", created)
      .field("updated_at", created)
      .end_object();
}

void write_common_step(JsonWriter& json, const StepContext& context) {
  json.begin_object();
  step_constants(json, context);
  json.field("name", context.step_template().name)
      .null_field("last_attempted_at")
      .key("inputs")
      .raw("{}")
      .null_field("checkpoint")
      .end_object();
}

void write_own_step(JsonWriter& json, const StepContext& context, Duration timeout, WallTime now) {
  const WorkflowStep& step = context.step();
  json.begin_object();
  step_itself(json, context, timeout, now);
  if (step.name != context.step_template().name) json.field("name", step.name);
  if (std::int64_t{step.attempts} != context.attempt() - 1) json.field("attempts", step.attempts);
  if (!step.history.empty()) json.field("last_attempted_at", iso_text(step.history.back().report.started_at));
  if (!step.inputs.is_null()) json.field("inputs", step.inputs);
  if (!step.checkpoint.is_null()) json.field("checkpoint", step.checkpoint);
  json.end_object();
}

void write_definition(JsonWriter& json, const StepContext& context, Duration timeout) {
  const StepTemplate& of = context.step_template();
  json.begin_object()
      .field("name", of.name)
      .field_or_null("description", of.description)
      .field("type", to_string(of.type))
      .key("handler")
      .begin_object()
      .field("callable", of.handler.callable)
      .field_or_null("method", of.handler.method)
      .field_or_null("resolver", of.handler.resolver)
      .field("initialization", of.handler.initialization)
      .end_object()
      .key("dependencies")
      .begin_array();
  for (const StepIndex parent : of.dependencies) json.string(context.task_template().steps[parent].name);
  json.end_array()
      .key("retry")
      .begin_object()
      .field("retryable", of.retry.retryable)
      .field("max_attempts", of.retry.max_attempts)
      .field("backoff", to_string(of.retry.backoff))
      .field("backoff_base_ms", std::int64_t{of.retry.backoff_base.count()})
      .field("max_backoff_ms", std::int64_t{of.retry.max_backoff.count()})
      .field("jitter", of.retry.jitter)
      .end_object()
      .field("timeout_seconds", std::chrono::duration<double>(timeout).count())
      .field("publishes_events", of.publishes_events)
      .end_object();
}

}  // namespace tasker::worker
