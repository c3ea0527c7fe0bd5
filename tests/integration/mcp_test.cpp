// `tasker mcp` without a client of its own: what the protocol asks of every server. tests/mcp has the real client.
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

json request(int id, const std::string& method, json params = json::object()) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
}

/// The answers by id, and the last notification as 0, of a server that was given these messages and then the end of its
/// input.
std::map<int, json> answers_to(const std::vector<json>& messages, const WorkFolder& folder) {
  std::string input;
  for (const json& message : messages) input += message.dump() + "\n";
  const Finished ended = run_tasker({"mcp"}, {.input = input, .directory = folder.path(), .env = {}});
  CHECK(ended.exit_code == 0);
  std::map<int, json> answers;
  std::istringstream lines(ended.out);
  for (std::string line; std::getline(lines, line);) {
    const json message = json::parse(line);
    answers[message.contains("id") ? message["id"].get<int>() : 0] = message;
  }
  return answers;
}

}  // namespace

TEST_SUITE_BEGIN("mcp");

TEST_CASE("mcp: a known version of the protocol is agreed to, any other is answered with the newest") {
  const WorkFolder folder("mcp");
  const auto answers = answers_to({request(1, "initialize", {{"protocolVersion", "2024-11-05"}}),
                                   request(2, "initialize", {{"protocolVersion", "1999-01-01"}}),
                                   {{"jsonrpc", "2.0"}, {"method", "notifications/initialized"}},
                                   request(3, "ping")},
                                  folder);
  REQUIRE(answers.size() == 3);
  CHECK(answers.at(1)["result"]["protocolVersion"] == "2024-11-05");
  CHECK(answers.at(2)["result"]["protocolVersion"] == "2025-06-18");
  CHECK(answers.at(1)["result"]["serverInfo"]["name"] == "tasker");
  CHECK(answers.at(3)["result"] == json::object());
}

TEST_CASE("mcp: tools have schemas that refuse what the tool would refuse, and errors are results") {
  const WorkFolder folder("mcp");
  const auto answers = answers_to(
      {request(1, "tools/list"),
       request(2, "tools/call", {{"name", "run_workflow"}, {"arguments", {{"template", "x"}, {"contxt", 1}}}}),
       request(3, "tools/call", {{"name", "run_workflow"}, {"arguments", {{"template", "none.yaml"}}}}),
       request(4, "tools/call", {{"name", "fly"}}), request(5, "tools/call", {{"name", "list_tasks"}}),
       request(6, "tools/fly"), request(7, "tools/call"), request(8, "resources/read"),
       request(9, "tools/call", {{"name", "run_workflow"}, {"arguments", nullptr}})},
      folder);
  const json tools = answers.at(1)["result"]["tools"];
  REQUIRE(tools.size() == 7);
  for (const json& tool : tools) {
    CHECK(tool["inputSchema"]["type"] == "object");
    CHECK(tool["inputSchema"]["additionalProperties"] == false);
    CHECK_FALSE(tool["description"].get<std::string>().empty());
  }
  CHECK(answers.at(2)["result"]["isError"] == true);
  CHECK(answers.at(2)["result"]["content"][0]["text"].get<std::string>().find("did you mean \"context\"?") !=
        std::string::npos);
  CHECK(answers.at(3)["result"]["structuredContent"]["error"]["kind"] == "template_invalid");
  CHECK(answers.at(4)["error"]["code"] == -32602);
  CHECK(answers.at(5)["result"]["isError"] == true);  // a store in memory has no list
  CHECK(answers.at(6)["error"]["code"] == -32601);
  CHECK(answers.at(7)["error"]["message"] == "\"name\" is missing: the name of a tool; tools/list has them");
  CHECK(answers.at(8)["error"]["code"] == -32602);
  CHECK(answers.at(8)["error"]["message"] == "\"uri\" is missing: the URI of a resource; resources/list has them");
  CHECK(answers.at(9)["result"]["structuredContent"]["error"]["message"].get<std::string>().starts_with(
      "give \"template\""));
}

TEST_CASE("mcp: a workflow runs, and its file can be read where others can't") {
  const WorkFolder folder("mcp");
  folder.write("handlers/h.rb", "class Echo\n  def call(context) = context.context\nend\n");
  folder.write("echo.yaml", "name: echo\nsteps:\n  - {name: a, handler: {callable: Echo}}\n");
  const auto answers = answers_to({request(1, "tools/call",
                                           {{"_meta", {{"progressToken", "p"}}},
                                            {"name", "run_workflow"},
                                            {"arguments", {{"template", "echo.yaml"}, {"context", {{"n", 7}}}}}}),
                                   request(2, "resources/read", {{"uri", "tasker://template/echo%2eyaml"}}),
                                   request(3, "resources/read", {{"uri", "tasker://template/handlers/h.rb"}}),
                                   request(4, "resources/read", {{"uri", "tasker://template/../../etc/hosts.json"}}),
                                   request(5, "resources/read", {{"uri", "tasker://template/%zz"}}),
                                   request(6, "resources/templates/list"), request(7, "resources/list")},
                                  folder);
  CHECK(answers.at(1)["result"]["isError"] == false);
  CHECK(answers.at(0)["method"] == "notifications/progress");
  CHECK(answers.at(0)["params"] ==
        json({{"progressToken", "p"}, {"progress", 1}, {"total", 1}, {"message", "a completed"}}));
  CHECK(answers.at(1)["result"]["structuredContent"]["steps"][0]["results"]["n"] == 7);
  CHECK(answers.at(2)["result"]["contents"][0]["text"].get<std::string>().starts_with("name: echo"));
  for (const int id : {3, 4, 5}) CHECK(answers.at(id)["error"]["code"] == -32002);
  CHECK(answers.at(6)["result"]["resourceTemplates"].size() == 2);
  CHECK(answers.at(7)["result"]["resources"] == json::array());
}

TEST_CASE("mcp: progress is told of no token that is neither a string nor a number") {
  const WorkFolder folder("mcp");
  folder.write("handlers/h.rb", "class Echo\n  def call(context) = context.context\nend\n");
  folder.write("echo.yaml", "name: echo\nsteps:\n  - {name: a, handler: {callable: Echo}}\n");
  const auto answers = answers_to({request(1, "tools/call",
                                           {{"_meta", {{"progressToken", json::array({1})}}},
                                            {"name", "run_workflow"},
                                            {"arguments", {{"template", "echo.yaml"}}}})},
                                  folder);
  CHECK(answers.at(1)["result"]["isError"] == false);
  CHECK_FALSE(answers.contains(0));
}

TEST_SUITE_END();
