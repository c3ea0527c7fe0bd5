#include "cli/service/requests.hpp"

#include "cli/command_error.hpp"
#include "cli/service/params.hpp"
#include "cli/task_commands/task_options.hpp"
#include "core/nearest_name.hpp"
#include "tasker/state.hpp"

namespace tasker::cli {

namespace {

WorkflowChoice workflow(Params& params) {
  WorkflowChoice choice;
  choice.path = params.text("template");
  if (params.has("template_text")) choice.text = params.text("template_text");
  if (choice.path.empty() != choice.text.has_value()) {
    throw usage_error(choice.text ? R"("template" is a file and "template_text" its text; give one of them)"
                                  : R"(give "template", a workflow file, or "template_text", the workflow itself)");
  }
  choice.handlers = params.texts("handlers");
  choice.environment = params.text("environment");
  choice.strict = params.is_on("strict");
  return choice;
}

HandlersRequest handlers(Params& params) { return {params.texts("handlers"), params.text("template")}; }

std::optional<WallTime> moment(Params& params, std::string_view name, WallTime now) {
  const std::string text = params.text(name);
  if (text.empty()) return std::nullopt;
  const auto at = parse_moment(text, now);
  if (!at) {
    throw usage_error("\"" + std::string(name) + "\": \"" + text +
                      "\" is no time; write 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago");
  }
  return at;
}

}  // namespace

RunRequest read_run_request(std::string_view json) {
  Params params(json);
  RunRequest request;
  request.workflow = workflow(params);
  request.context = params.object("context");
  request.timeout = params.duration("timeout");
  request.unique_key = params.text("unique_key");
  request.events = params.is_on("events", true);
  params.finish();
  return request;
}

ValidateRequest read_validate_request(std::string_view json) {
  Params params(json);
  ValidateRequest request{workflow(params), params.is_on("check_handlers", true)};
  params.finish();
  return request;
}

RetryRequest read_retry_request(std::string_view json) {
  Params params(json);
  RetryRequest request;
  request.task = params.required_text("task_uuid");
  request.step = params.text("step");
  if (params.has("context")) request.context = params.object("context");
  request.latest = params.is_on("latest");
  request.events = params.is_on("events", true);
  params.finish();
  return request;
}

HandlersRequest read_handlers_request(std::string_view json) {
  Params params(json);
  HandlersRequest request = handlers(params);
  params.finish();
  return request;
}

CallRequest read_call_request(std::string_view json) {
  Params params(json);
  CallRequest request;
  request.handler = params.required_text("handler");
  request.context = params.object("context");
  request.from = handlers(params);
  request.timeout = params.duration("timeout");
  request.events = params.is_on("events", true);
  params.finish();
  return request;
}

store::TaskFilter read_task_filter(std::string_view json, WallTime now) {
  Params params(json);
  store::TaskFilter filter;
  filter.state = params.text("state");
  if (!filter.state.empty()) checked_task_state("\"state\"", filter.state);
  filter.name = params.text("name");
  filter.name_space = params.text("namespace");
  filter.error_class = params.text("error_class");
  filter.run_id = params.text("run_id");
  filter.since = moment(params, "since", now);
  filter.until = moment(params, "until", now);
  filter.limit = params.number("limit", filter.limit);
  params.finish();
  return filter;
}

std::string read_task_id(std::string_view json) {
  Params params(json);
  std::string id = params.required_text("task_uuid");
  params.finish();
  return id;
}

}  // namespace tasker::cli
