#include "worker/step_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::worker {

namespace {

constexpr std::size_t kTasksKept = 256;
constexpr std::string_view kContextKey = "\"context\":";

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

void write_task(JsonWriter& json, const Task& task) {
  const TaskTemplate& of = *task.task_template;
  const std::uint64_t identity = identity_of(of);
  const std::string requested = iso_text(task.requested_at);
  json.begin_object()
      .field("task_id", task.id)
      .field("task_uuid", task.uuid.text())
      .field("named_task_id", number_of(identity))
      .field("named_task_uuid", uuid_of(identity))
      .field("name", of.name)
      .field("namespace_name", of.namespace_name)
      .field("version", of.version)
      .field("complete", false)
      .field("requested_at", requested)
      .null_field("initiator")
      .null_field("source_system")
      .null_field("reason")
      .null_field("bypass_steps")
      .null_field("tags")
      .field("context", task.context)
      .field("identity_hash", hex(fnv(task.context.view(), identity)))
      .field("priority", 0)
      .field("correlation_id", task.correlation_id.text())
      .null_field("parent_correlation_id")
      .field("created_at", requested)
      .field("updated_at", requested)
      .end_object();
}

void write_step(JsonWriter& json, const StepContext& context, Duration timeout, WallTime now) {
  const WorkflowStep& step = context.step();
  const StepTemplate& of = context.step_template();
  const std::uint64_t identity = fnv(of.name, identity_of(context.task_template()));
  const std::string created = iso_text(context.task().requested_at);
  json.begin_object()
      .field("workflow_step_id", workflow_step_id(context.task().id, context.index()))
      .field("workflow_step_uuid", step.uuid.text())
      .field("task_id", context.task().id)
      .field("task_uuid", context.task().uuid.text())
      .field("named_step_id", number_of(identity))
      .field("named_step_uuid", uuid_of(identity))
      .field("name", step.name)
      .field("template_step_name", of.name)
      .field("retryable", of.retry.retryable)
      .field("retry_limit", of.retry.max_attempts)
      .field("max_attempts", of.retry.max_attempts)
      .field("in_process", true)
      .field("processed", false)
      .null_field("processed_at")
      .field("attempts", step.attempts);
  if (step.history.empty()) {
    json.null_field("last_attempted_at");
  } else {
    json.field("last_attempted_at", iso_text(step.history.back().report.started_at));
  }
  json.null_field("backoff_request_seconds")
      .key("inputs")
      .raw(step.inputs.is_null() ? std::string_view("{}") : step.inputs.view())
      .null_field("results")
      .field("skippable", false)
      .field("checkpoint", step.checkpoint)
      .field("idempotency_key", context.idempotency_key())
      .field("attempt", context.attempt())
      .field("deadline", iso_text(now + std::chrono::duration_cast<std::chrono::microseconds>(timeout)))
      .field("created_at", created)
      .field("updated_at", created)
      .end_object();
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

/// The results of a batchable step with an empty list in place of its cursors.
std::string without_cursors(const JsonText& results) {
  const std::string& text = results.text();
  if (!results.is_object()) return text;
  const auto outcome = JsonMembers::of_checked(text).find("batch_processing_outcome");
  if (!outcome || outcome->front() != '{') return text;
  const auto cursors = JsonMembers::of_checked(*outcome).find("cursor_configs");
  if (!cursors) return text;
  const auto from = static_cast<std::size_t>(cursors->data() - text.data());
  return text.substr(0, from) + "[]" + text.substr(from + cursors->size());
}

}  // namespace

std::int64_t workflow_step_id(TaskId task, StepIndex step) { return task * 1'000'000 + step + 1; }

const StepRequestWriter::TaskText& StepRequestWriter::task_text(const Task& task) {
  if (const auto found = task_texts_.find(task.id); found != task_texts_.end()) return found->second;
  if (order_.size() >= kTasksKept) {
    task_texts_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(task.id);
  std::string whole;
  JsonWriter json(whole);
  write_task(json, task);
  // The writer sets no space between a key and its value.
  const auto value = *JsonMembers::of_checked(whole).find("context");
  const auto end = static_cast<std::size_t>(value.data() - whole.data()) + value.size();
  const std::size_t begin = end - value.size() - kContextKey.size();
  TaskText& text = task_texts_[task.id];
  text = {whole.substr(0, begin), whole.substr(begin, end - begin), whole.substr(end)};
  return text;
}

const std::string& StepRequestWriter::results_for_worker(const JsonText& cut) {
  // The same text, not an equal one: the workers of a batch share it.
  if (&cut_.text() != &cut.text()) {
    cut_ = cut;
    shortened_ = without_cursors(cut);
  }
  return shortened_;
}

void StepRequestWriter::write_sequence(JsonWriter& json, const StepContext& context) {
  json.begin_object()
      .field("total_steps", static_cast<std::int64_t>(context.total_steps()))
      .field("current_position", std::int64_t{context.index()})
      .key("steps")
      .begin_array();
  const auto& templates = context.task_template().steps;
  const bool is_worker = context.step_template().type == StepType::BatchWorker;
  for (const SequenceEntry& entry : context.ancestors()) {
    json.begin_object()
        .field("workflow_step_id", workflow_step_id(context.task().id, entry.index))
        .field("step_uuid", entry.step->uuid.text())
        .field("name", entry.step->name)
        .field("state", to_string(entry.step->state))
        .key("results")
        .raw(is_worker && entry.is_dependency && templates[entry.step->template_index].type == StepType::Batchable
                 ? std::string_view(results_for_worker(entry.step->results))
                 : entry.step->results.view())
        .field("dependency", entry.is_dependency)
        .end_object();
  }
  json.end_array().end_object();
}

std::string StepRequestWriter::params(const StepContext& context, Duration timeout, WallTime now,
                                      std::optional<std::int64_t> context_ref) {
  const TaskText& text = task_text(context.task());
  std::string task = text.before;
  task += context_ref ? "\"context_ref\":" + std::to_string(*context_ref) : text.context;
  task += text.after;
  const auto& handler = context.step_template().handler;
  std::string out;
  out.reserve(task.size() + 2048);
  JsonWriter json(out);
  json.begin_object().field("handler", handler.callable).field_or_null("method", handler.method).key("task").raw(task);
  json.key("step");
  write_step(json, context, timeout, now);
  json.key("step_definition");
  write_definition(json, context, timeout);
  json.key("sequence");
  write_sequence(json, context);
  json.field("attempt", context.attempt())
      .field("max_attempts", context.step_template().retry.max_attempts)
      .field("timeout_ms", std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()})
      .field("idempotency_key", context.idempotency_key())
      .field("environment", environment_)
      .field("report_started", context.step_template().at_most_once)
      .key("trace")
      .begin_object()
      .field("correlation_id", context.task().correlation_id.text())
      .null_field("trace_id")
      .null_field("span_id")
      .end_object()
      .end_object();
  return out;
}

}  // namespace tasker::worker
