#include <limits>
#include <stdexcept>
#include <string>

#include "core/json_scan.hpp"
#include "store/template_table.hpp"

namespace tasker::store {

namespace {

constexpr JsonLimits kStored{.max_bytes = std::numeric_limits<std::size_t>::max(), .max_depth = 1000};

[[noreturn]] void unreadable(const std::string& what) {
  throw std::runtime_error("a stored template is not readable: " + what);
}

template <typename Enum>
Enum known(std::optional<Enum> value, const std::optional<std::string>& name) {
  if (!value) unreadable("unknown name \"" + name.value_or("") + "\"");
  return *value;
}

std::string text(const JsonMembers& members, std::string_view key) { return members.string(key).value_or(""); }
int integer(const JsonMembers& members, std::string_view key) {
  return static_cast<int>(members.integer(key).value_or(0));
}

JsonMembers object(const JsonMembers& members, std::string_view key) {
  const auto found = members.find(key);
  if (!found) unreadable("\"" + std::string(key) + "\" is missing");
  return JsonMembers::of_checked(*found);
}

std::optional<std::chrono::milliseconds> read_timeout(const JsonMembers& members) {
  const auto timeout = members.integer("timeout_ms");
  return timeout ? std::optional(std::chrono::milliseconds(*timeout)) : std::nullopt;
}

SourcePosition read_position(const JsonMembers& members) {
  return {integer(members, "line"), integer(members, "column")};
}

HandlerReference read_handler(const JsonMembers& members) {
  HandlerReference handler;
  handler.callable = text(members, "callable");
  handler.method = text(members, "method");
  handler.resolver = text(members, "resolver");
  handler.initialization = members.json("initialization");
  handler.position = read_position(members);
  return handler;
}

RetryPolicy read_retry(const JsonMembers& members) {
  RetryPolicy retry;
  retry.retryable = members.boolean("retryable").value_or(true);
  retry.max_attempts = integer(members, "max_attempts");
  const auto backoff = members.string("backoff");
  retry.backoff = known(backoff_from(backoff.value_or("")), backoff);
  retry.jitter = members.number("jitter").value_or(0);
  retry.backoff_base = std::chrono::milliseconds(members.integer("backoff_base_ms").value_or(0));
  retry.max_backoff = std::chrono::milliseconds(members.integer("max_backoff_ms").value_or(0));
  return retry;
}

BatchConfig read_batch(const JsonMembers& members) {
  BatchConfig batch;
  batch.batch_size = integer(members, "batch_size");
  batch.parallelism = integer(members, "parallelism");
  batch.cursor_field = text(members, "cursor_field");
  batch.worker_template = text(members, "worker_template");
  batch.failure_strategy = text(members, "failure_strategy");
  return batch;
}

StepTemplate read_step(const JsonMembers& members) {
  StepTemplate step;
  step.name = text(members, "name");
  step.description = text(members, "description");
  const auto type = members.string("type");
  step.type = known(step_type_from(type.value_or("")), type);
  for (const auto index : json_elements(members.find("dependencies").value_or("[]"))) {
    step.dependencies.push_back(static_cast<std::uint32_t>(std::stoul(std::string(index))));
  }
  step.handler = read_handler(object(members, "handler"));
  step.retry = read_retry(object(members, "retry"));
  step.timeout = read_timeout(members);
  step.at_most_once = members.boolean("at_most_once").value_or(false);
  step.system_dependency = text(members, "system_dependency");
  step.publishes_events = members.json("publishes_events");
  step.lifecycle = members.json("lifecycle");
  if (members.find("batch_config")) step.batch = read_batch(object(members, "batch_config"));
  step.position = read_position(members);
  return step;
}

}  // namespace

SharedTemplate template_from_text(std::string_view body) {
  const auto members = JsonMembers::of(body, kStored);
  if (members.error()) unreadable(members.error()->message);
  auto read = std::make_shared<TaskTemplate>();
  read->name = text(members, "name");
  read->namespace_name = text(members, "namespace_name");
  read->version = text(members, "version");
  read->description = text(members, "description");
  read->environment = text(members, "environment");
  read->metadata = members.json("metadata");
  read->input_schema = members.json("input_schema");
  read->input_schema_enforced = members.boolean("input_schema_enforced").value_or(false);
  const auto on_failure = members.string("on_failure");
  read->on_failure = known(on_failure_from(on_failure.value_or("")), on_failure);
  read->file = text(members, "file");
  read->timeout = read_timeout(members);
  const auto env = object(members, "env");
  for (const auto& [name, value] : env.all()) {
    read->env.emplace_back(json_unescape('"' + std::string(name) + '"'), json_unescape(value));
  }
  read->handlers = members.strings("handlers");
  for (const auto step : json_elements(members.find("steps").value_or("[]"))) {
    read->steps.push_back(read_step(JsonMembers::of_checked(step)));
  }
  return read;
}

}  // namespace tasker::store
