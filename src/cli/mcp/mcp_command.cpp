#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/mcp/resources.hpp"
#include "cli/mcp/tools.hpp"
#include "cli/rpc/methods.hpp"
#include "cli/rpc/stdio_server.hpp"
#include "cli/service/service.hpp"
#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "core/nearest_name.hpp"
#include "io/event_loop.hpp"

namespace tasker::cli {

namespace {

/// Newest first. A client that asks for another one gets the newest and may leave.
constexpr std::array<const char*, 3> kVersions{"2025-06-18", "2025-03-26", "2024-11-05"};
constexpr std::int64_t kListedTasks = 50;

using SharedReply = std::shared_ptr<rpc::Reply>;

JsonMembers members_of(std::string_view params) {
  return JsonMembers::of_checked(params.starts_with('{') ? params : std::string_view("{}"));
}

/// A string or a number, as the protocol has it; whoever gives anything else is told of no progress.
bool is_token(std::string_view json) {
  return json.starts_with('"') || json.starts_with('-') || (json.front() >= '0' && json.front() <= '9');
}

rpc::Fault bad_params(const std::string& message) { return {rpc::ErrorCode::InvalidParams, message}; }

std::string introduction(std::string_view params) {
  const std::string wanted = members_of(params).string("protocolVersion").value_or("");
  const auto known = std::find(kVersions.begin(), kVersions.end(), wanted);
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("protocolVersion", known == kVersions.end() ? kVersions.front() : *known);
  json.key("capabilities").begin_object();
  json.key("tools").begin_object().end_object().key("resources").begin_object().end_object().end_object();
  json.key("serverInfo").begin_object().field("name", "tasker").field("title", "tasker workflows");
  json.field("version", TASKER_VERSION).end_object();
  json.field(
      "instructions",
      "Runs workflows: YAML files that name steps, their dependencies and Ruby handlers. Paths are relative to the "
      "folder this server was started in. Validate a workflow before running it. When a task failed, its steps "
      "have the errors (show_task has them later, too); mend the cause, then retry_task runs what failed once "
      "more and keeps what is done. A state of blocked_by_failures waits for a person.");
  json.end_object();
  return out;
}

/// Tells how many steps of a task are done, to a caller that has given a token for it.
class Progress {
 public:
  Progress(StdioServer& server, std::string token) : server_(server), token_(std::move(token)) {}

  void operator()(const TaskEvent& event) {
    const JsonMembers members = JsonMembers::of_checked(event.json);
    const std::string name = members.string("event").value_or("");
    if (name == "task.started") total_ = members.integer("steps").value_or(0);
    if (name == "steps.created") total_ = members.integer("total").value_or(total_);
    if (name != "step.completed" && name != "step.failed") return;
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("progressToken").raw(token_).field("progress", ++done_);
    json.field("total", std::max(total_, done_));
    json.field("message", members.string("step").value_or("") + (name == "step.failed" ? " failed" : " completed"));
    json.end_object();
    server_.notify("notifications/progress", out, true);
  }

 private:
  StdioServer& server_;
  std::string token_;
  std::int64_t done_ = 0;
  std::int64_t total_ = 0;
};

class McpServer {
 public:
  McpServer(StdioServer& server, Service& service) : server_(server), service_(service) {}

  void bind() {
    rpc::Dispatcher& on = server_.dispatcher();
    on.on("initialize", [](const rpc::Call& call, rpc::Reply reply) { reply.result(introduction(call.params)); });
    on.on("ping", [](const rpc::Call&, rpc::Reply reply) { reply.result("{}"); });
    on.on("tools/list", [](const rpc::Call&, rpc::Reply reply) { reply.result(tools_json()); });
    on.on("tools/call", [this](const rpc::Call& call, rpc::Reply reply) { call_tool(call, std::move(reply)); });
    on.on("resources/list", [this](const rpc::Call&, rpc::Reply reply) { list_resources(std::move(reply)); });
    on.on("resources/read", [this](const rpc::Call& call, rpc::Reply reply) { read(call, std::move(reply)); });
    on.on("resources/templates/list",
          [](const rpc::Call&, rpc::Reply reply) { reply.result(resource_templates_json()); });
    on.on("notifications/cancelled", [this](const rpc::Call& call, rpc::Reply) {
      if (const auto id = members_of(call.params).find("requestId")) server_.dispatcher().cancel(*id);
    });
  }

 private:
  void call_tool(const rpc::Call& call, rpc::Reply reply) {
    const JsonMembers params = members_of(call.params);
    const std::string name = params.string("name").value_or("");
    const auto& tools = mcp_tools();
    const auto tool = std::find_if(tools.begin(), tools.end(), [&](const McpTool& t) { return t.name == name; });
    if (tool == tools.end()) {
      std::vector<std::string> names;
      for (const McpTool& known : tools) names.push_back(known.name);
      if (name.empty()) return reply.error(bad_params("\"name\" is missing: the name of a tool; tools/list has them"));
      return reply.error(bad_params("there is no tool \"" + name + "\"" + did_you_mean(name, names)));
    }
    const auto kept = std::make_shared<rpc::Reply>(std::move(reply));
    Asker asker{[kept](const Outcome& outcome) { kept->result(tool_result(outcome)); }};
    const auto token = members_of(params.find("_meta").value_or("{}")).find("progressToken");
    if (token && is_token(*token)) asker.on_event = Progress(server_, std::string(*token));
    try {
      const Service::Cancel cancel =
          tool->call(service_, std::string(params.find("arguments").value_or("{}")), std::move(asker));
      // Whoever has taken a request back does not want its answer.
      kept->on_cancel([weak = std::weak_ptr(kept), cancel] {
        if (const auto pending = weak.lock()) pending->withdraw();
        if (cancel) cancel();
      });
    } catch (const CommandError& error) {
      kept->result(tool_result(error));
    }
  }

  void list_resources(rpc::Reply reply) {
    store::TaskFilter newest;
    newest.limit = kListedTasks;
    const auto kept = std::make_shared<rpc::Reply>(std::move(reply));
    service_.list(newest, Asker{[kept](const Outcome& outcome) {
                    const auto* answer = std::get_if<Answer>(&outcome);
                    kept->result(resources_json(answer ? answer->json : std::string("{}")));  // no store yet: no tasks
                  }});
  }

  void read(const rpc::Call& call, rpc::Reply reply) {
    const std::string uri = members_of(call.params).string("uri").value_or("");
    if (uri.empty())
      return reply.error(bad_params("\"uri\" is missing: the URI of a resource; resources/list has them"));
    const Resource resource = resource_of(uri);
    if (const auto* unknown = std::get_if<UnknownResource>(&resource)) return reply.error(not_found(uri, unknown->why));
    if (const auto* file = std::get_if<TemplateResource>(&resource)) {
      const auto text = workflow_text(file->path);
      if (!text) return reply.error(not_found(uri, "there is no such workflow file below the working folder"));
      const bool json = file->path.ends_with(".json");
      return reply.result(contents_json(uri, json ? "application/json" : "application/yaml", *text));
    }
    const auto kept = std::make_shared<rpc::Reply>(std::move(reply));
    service_.get(std::get<TaskResource>(resource).uuid, Asker{[kept, uri](const Outcome& outcome) {
                   if (const auto* error = std::get_if<CommandError>(&outcome))
                     return kept->error(not_found(uri, error->message()));
                   kept->result(contents_json(uri, "application/json", std::get<Answer>(outcome).json));
                 }});
  }

  /// The protocol's own code for a resource that is not there.
  static rpc::Fault not_found(const std::string& uri, const std::string& why) {
    std::string data;
    JsonWriter(data).begin_object().field("uri", uri).end_object();
    return {rpc::ErrorCode::HandlerRaised, "Resource not found: " + why, JsonText::trusted(std::move(data))};
  }

  StdioServer& server_;
  Service& service_;
};

}  // namespace

ExitCode mcp(const ServerOptions& options, const Console& console) {
  io::EventLoop loop;
  Service service({options.workers, options.store}, loop, console);
  StdioServer server(loop, service);
  McpServer protocol(server, service);
  protocol.bind();
  return server.run();
}

}  // namespace tasker::cli
