#include "worker/step_request.hpp"

#include <algorithm>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "worker/step_hashes.hpp"

namespace tasker::worker {

namespace {

constexpr std::size_t kTasksKept = 256;
constexpr std::string_view kContextKey = "\"context\":";

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

const StepRequestWriter::TaskText& StepRequestWriter::task_text(const Task& task, bool whole) {
  const std::int64_t key = task.id * 2 + (whole ? 1 : 0);
  if (const auto found = task_texts_.find(key); found != task_texts_.end()) return found->second;
  if (order_.size() >= kTasksKept) {
    task_texts_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(key);
  std::string text;
  JsonWriter json(text);
  whole ? write_task(json, task) : write_own_task(json, task);
  // The writer sets no space between a key and its value.
  const auto value = *JsonMembers::of_checked(text).find("context");
  const auto end = static_cast<std::size_t>(value.data() - text.data()) + value.size();
  const std::size_t begin = end - value.size() - kContextKey.size();
  TaskText& kept = task_texts_[key];
  kept = {text.substr(0, begin), text.substr(end)};
  return kept;
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

void StepRequestWriter::append_task(std::string& out, const Task& task, const References& refs) {
  const TaskText& text = task_text(task, !refs.definition);
  out += text.before;
  if (refs.context) {
    out.append("\"context_ref\":").append(std::to_string(*refs.context));
  } else {
    out.append(kContextKey).append(task.context.view());
  }
  out += text.after;
}

std::string StepRequestWriter::params(const StepContext& context, Duration timeout, WallTime now,
                                      const References& refs) {
  std::string out;
  out.reserve((refs.context ? 0 : context.task().context.text().size()) + 2048);
  refs.definition ? write_slim(out, context, timeout, now, refs) : write_whole(out, context, timeout, now, refs);
  return out;
}

void StepRequestWriter::write_whole(std::string& out, const StepContext& context, Duration timeout, WallTime now,
                                    const References& refs) {
  const auto& handler = context.step_template().handler;
  JsonWriter json(out);
  json.begin_object().field("handler", handler.callable).field_or_null("method", handler.method).key("task").raw("");
  append_task(out, context.task(), refs);
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
}

void StepRequestWriter::write_slim(std::string& out, const StepContext& context, Duration timeout, WallTime now,
                                   const References& refs) {
  JsonWriter json(out);
  json.begin_object().field("definition_ref", *refs.definition).key("task").raw("");
  append_task(out, context.task(), refs);
  json.key("step");
  write_own_step(json, context, timeout, now);
  json.key("sequence");
  write_sequence(json, context);
  json.end_object();
}

}  // namespace tasker::worker
