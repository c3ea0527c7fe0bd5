#include "store/row_codec.hpp"

#include <array>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"

namespace tasker::store {

namespace {

// What was let in once within its limits is let in again: the object around a cause is one level more.
constexpr JsonLimits kStored{.max_bytes = std::numeric_limits<std::size_t>::max(), .max_depth = 1000};

void write_strings(JsonWriter& json, std::string_view name, const std::vector<std::string>& strings) {
  json.key(name).begin_array();
  for (const auto& text : strings) json.string(text);
  json.end_array();
}

void write_worker(JsonWriter& json, const WorkerEvidence& worker) {
  json.key("worker").begin_object().field("pid", worker.pid);
  if (worker.exit_code) json.field("exit_code", *worker.exit_code);
  json.field("signal", worker.signal).field("last_words", worker.last_words);
  json.field("memory_kb", worker.memory_kb).field("advice", worker.advice).end_object();
}

std::vector<std::string> read_strings(const JsonMembers& members, std::string_view name) {
  std::vector<std::string> strings;
  const auto array = members.find(name);
  if (!array) return strings;
  for (const auto element : json_elements(*array)) strings.push_back(json_unescape(element));
  return strings;
}

std::optional<WorkerEvidence> read_worker(const JsonMembers& members) {
  const auto text = members.find("worker");
  if (!text) return std::nullopt;
  const auto worker = JsonMembers::of(*text, kStored);
  WorkerEvidence evidence;
  evidence.pid = static_cast<int>(worker.integer("pid").value_or(0));
  if (const auto code = worker.integer("exit_code")) evidence.exit_code = static_cast<int>(*code);
  evidence.signal = worker.string("signal").value_or("");
  evidence.last_words = worker.string("last_words").value_or("");
  evidence.memory_kb = worker.integer("memory_kb").value_or(0);
  evidence.advice = worker.string("advice").value_or("");
  return evidence;
}

}  // namespace

std::string error_text(const ErrorInfo& error) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("kind", to_string(error.kind)).field("message", error.message);
  json.field("class", error.class_name).field("retryable", error.retryable);
  write_strings(json, "backtrace", error.backtrace);
  json.field("cause", error.cause).field("error_code", error.error_code).field("context", error.context);
  if (!error.threads.is_null()) json.field("threads", error.threads);
  if (error.retry_after) json.field("retry_after", *error.retry_after);
  if (error.worker) write_worker(json, *error.worker);
  if (!error.blocked_by.empty()) write_strings(json, "blocked_by", error.blocked_by);
  json.end_object();
  return out;
}

SharedError error_from(std::string_view text) {
  const auto members = JsonMembers::of(text, kStored);
  if (members.error()) throw std::runtime_error("a stored error is not readable: " + members.error()->message);
  const std::string kind = members.string("kind").value_or("");
  const auto known = error_kind_from(kind);
  if (!known) throw std::runtime_error("a stored error is of the unknown kind \"" + kind + "\"");
  ErrorInfo error;
  error.kind = *known;
  error.class_name = members.string("class").value_or("");
  error.message = members.string("message").value_or("");
  error.backtrace = read_strings(members, "backtrace");
  error.cause = members.json("cause");
  error.error_code = members.string("error_code").value_or("");
  error.context = members.json("context");
  error.retryable = members.boolean("retryable").value_or(true);
  error.threads = members.json("threads");
  error.retry_after = members.number("retry_after");
  error.worker = read_worker(members);
  error.blocked_by = read_strings(members, "blocked_by");
  return std::make_shared<const ErrorInfo>(std::move(error));
}

std::optional<std::string> error_column(const SharedError& error) {
  return error ? std::optional(error_text(*error)) : std::nullopt;
}
SharedError error_from_column(const std::optional<std::string>& text) { return text ? error_from(*text) : nullptr; }

std::optional<std::string_view> json_column(const std::optional<JsonText>& json) {
  return json ? std::optional(json->view()) : std::nullopt;
}
JsonText json_from_column(std::optional<std::string> text) {
  return text ? JsonText::trusted(std::move(*text)) : JsonText();
}

Uuid read_uuid(Statement& row) {
  std::array<std::uint8_t, 16> bytes{};
  row.blob(bytes);
  return Uuid(bytes);
}

AttemptRecord read_attempt(Statement& row) {
  AttemptRecord record;
  record.dispatch = static_cast<DispatchId>(row.integer());
  record.attempt = static_cast<int>(row.integer());
  record.outcome = row.text();
  record.report.worker_pid = static_cast<int>(row.integer());
  record.report.queued = duration(row.integer());
  record.report.duration = duration(row.integer());
  record.report.cpu_us = row.integer_or_null();
  record.report.max_rss_kb = row.integer_or_null();
  record.report.started_at = wall_time(row.integer());
  record.report.late = row.integer() != 0;
  record.error = error_from_column(row.text_or_null());
  return record;
}

}  // namespace tasker::store
