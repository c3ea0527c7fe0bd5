#include "runtime/control.hpp"

#include <utility>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"

namespace tasker {

namespace {

/// A line may hold results as large as a step's own, and what stands around them.
constexpr JsonLimits kLimits{.max_bytes = (8u << 20) + 4096};

std::string answer(const std::optional<std::string>& refusal) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("ok", !refusal);
  if (refusal) json.field("message", *refusal);
  json.end_object();
  return out;
}

void write(JsonWriter& json, const CancelRequest& request) {
  json.field("method", "cancel").field("task_uuid", request.task_uuid);
}
void write(JsonWriter& json, const RetryRequest& request) {
  json.field("method", "retry").field("task_uuid", request.task_uuid);
  if (!request.step.empty()) json.field("step", request.step);
}
void write(JsonWriter& json, const ResolveRequest& request) {
  json.field("method", "resolve_step").field("task_uuid", request.task_uuid).field("step", request.step);
  json.field("results", request.results);
}

std::optional<ControlRequest> request_of(const std::string& method, const JsonMembers& members) {
  const std::string task = members.string("task_uuid").value_or("");
  const std::string step = members.string("step").value_or("");
  if (method == "cancel") return CancelRequest{task};
  if (method == "retry") return RetryRequest{task, step};
  if (method == "resolve_step") return ResolveRequest{task, step, members.json("results")};
  return std::nullopt;
}

}  // namespace

std::string control_line(const ControlRequest& request) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  std::visit([&](const auto& known) { write(json, known); }, request);
  json.end_object();
  return out;
}

std::string answer_control(const std::string& line,
                           const std::function<std::optional<std::string>(const ControlRequest&)>& act) {
  const auto members = JsonMembers::of(line, kLimits);
  if (members.error()) return answer("no JSON object: " + members.error()->message);
  const std::string method = members.string("method").value_or("");
  if (method == "ping") return answer(std::nullopt);
  const auto request = request_of(method, members);
  return answer(request ? act(*request) : "unknown method \"" + method + "\"");
}

}  // namespace tasker
