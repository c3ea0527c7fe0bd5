#include "cli/mcp/tools.hpp"

#include <chrono>

#include "cli/schema/schema.hpp"
#include "cli/service/requests.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

namespace {

WallTime wall_now() { return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()); }

std::vector<McpTool> make_tools() {
  return {
      {"run_workflow", "Run a workflow",
       "Runs a workflow file (YAML or JSON) with a context to its end, and returns the result object: the state of the "
       "task, and of each step its results, attempts and error. Give the file as template, or its text as "
       "template_text. Waits until the task has ended: give a timeout when it may take long.",
       "workflow/run", false,
       [](Service& service, const std::string& arguments, Asker asker) {
         return service.run(read_run_request(arguments), std::move(asker));
       }},
      {"validate_workflow", "Check a workflow",
       "Checks a workflow file and its Ruby handlers without running anything. Every error has file, line, column and, "
       "for a mistyped name, the nearest one.",
       "workflow/validate", true,
       [](Service& service, const std::string& arguments, Asker asker) -> Service::Cancel {
         service.validate(read_validate_request(arguments), std::move(asker));
         return nullptr;
       }},
      {"list_tasks", "List tasks",
       "Lists stored tasks, newest first: ids, names, states, errors; the filters narrow them down. show_task has "
       "their "
       "steps.",
       "task/list", true,
       [](Service& service, const std::string& arguments, Asker asker) -> Service::Cancel {
         service.list(read_task_filter(arguments, wall_now()), std::move(asker));
         return nullptr;
       }},
      {"show_task", "Show a task",
       "Returns a stored task as it stands, running or ended: its steps, their results, every attempt and error.",
       "task/get", true,
       [](Service& service, const std::string& arguments, Asker asker) -> Service::Cancel {
         service.get(read_task_id(arguments), std::move(asker));
         return nullptr;
       }},
      {"retry_task", "Retry a task",
       "Runs the failed and cancelled steps of an ended task once more, to its end; complete steps keep their results. "
       "With a step: that one, and what follows from it. With latest: by the workflow file as it is now.",
       "task/retry", false,
       [](Service& service, const std::string& arguments, Asker asker) {
         return service.retry(read_retry_request(arguments), std::move(asker));
       }},
      {"cancel_task", "Cancel a task", "Cancels a task that has not ended, and waits until it has.", "task/cancel",
       false,
       [](Service& service, const std::string& arguments, Asker asker) -> Service::Cancel {
         service.cancel(read_task_id(arguments), std::move(asker));
         return nullptr;
       }},
      {"list_handlers", "List handlers",
       "Lists the Ruby handlers that a workflow, or files and folders, offer: the names that a workflow's steps may "
       "call, "
       "where they are written and what their comments say.",
       "handler/list", true,
       [](Service& service, const std::string& arguments, Asker asker) -> Service::Cancel {
         service.handlers(read_handlers_request(arguments), std::move(asker));
         return nullptr;
       }},
  };
}

std::string result_with(const std::string& text, const std::string& structured, bool is_error) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("content").begin_array();
  json.begin_object().field("type", "text").field("text", text).end_object().end_array();
  json.key("structuredContent").raw(structured).field("isError", is_error).end_object();
  return out;
}

}  // namespace

const std::vector<McpTool>& mcp_tools() {
  static const std::vector<McpTool> tools = make_tools();
  return tools;
}

std::string tools_json() {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("tools").begin_array();
  for (const McpTool& tool : mcp_tools()) {
    json.begin_object().field("name", tool.name).field("title", tool.title).field("description", tool.description);
    json.key("inputSchema").raw(params_schema(tool.method, "events"));
    json.key("annotations").begin_object().field("readOnlyHint", tool.reads_only).end_object().end_object();
  }
  json.end_array().end_object();
  return out;
}

std::string tool_result(const Outcome& outcome) {
  if (const auto* error = std::get_if<CommandError>(&outcome)) {
    std::string structured = error_json(*error, false);
    structured.pop_back();  // its newline would end the message
    return result_with(error_text(*error, Style{}), structured, true);
  }
  const Answer& answer = std::get<Answer>(outcome);
  return result_with(answer.json, answer.json, answer.code != ExitCode::Complete);
}

}  // namespace tasker::cli
