// `tasker rpc` with the real binary, real Ruby and real pipes.
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

const std::string kDiamond = project_root() + "/examples/diamond/diamond.yaml";

json request(const json& id, const std::string& method, const json& params = nullptr) {
  json out = {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
  if (!params.is_null()) out["params"] = params;
  return out;
}

/// A server in a folder with a few handlers and a store of its own.
class Server {
 public:
  explicit Server(std::vector<std::string> flags = {}) : folder_("rpc") {
    folder_.write(
        "handlers/h.rb",
        "class Echo\n  def call(context) = { got: context.context }\nend\n"
        "class Fails\n  def call(_context)\n    raise TaskerCore::PermanentError, 'no' unless File.exist?('mended')\n"
        "    'mended'\n  end\nend\n"
        "class Waits\n  def call(_context)\n    warn 'waiting'\n    sleep\n  end\nend\n");
    for (const char* name : {"Echo", "Fails", "Waits", "Ehco"}) {
      folder_.write(std::string(name) + ".yaml", "name: " + std::string(name) +
                                                     "\nsteps:\n  - {name: a, handler: {callable: " + name +
                                                     "}, retry: {max_attempts: 1}}\n");
    }
    std::vector<std::string> arguments = {"rpc"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    process_.emplace(std::move(arguments), EngineOptions{.input = "",
                                                         .directory = folder_.path(),
                                                         .env = {{"TASKER_STORE", "sqlite:" + folder_.path("t.db")}},
                                                         .talks = true});
  }

  EngineProcess& process() { return *process_; }
  const WorkFolder& folder() const { return folder_; }
  void send(const json& message) { process_->send(message.dump() + "\n"); }

  /// Everything it has written so far that is whole.
  std::vector<json> said() const {
    std::vector<json> out;
    std::istringstream lines(process_->out());
    for (std::string line; std::getline(lines, line);) {
      if (!lines.eof()) out.push_back(json::parse(line));
    }
    return out;
  }
  std::optional<json> answer_to(const json& id) const {
    for (const json& message : said()) {
      if (message.is_object() && message.contains("id") && message["id"] == id) return message;
    }
    return std::nullopt;
  }
  json wait_for(const json& id) {
    process_->wait_until([&] { return answer_to(id).has_value(); }, "answers " + id.dump());
    return *answer_to(id);
  }
  json ask(const json& id, const std::string& method, const json& params = nullptr) {
    send(request(id, method, params));
    return wait_for(id);
  }
  std::vector<json> events_of(const json& id) const {
    std::vector<json> out;
    for (const json& message : said()) {
      if (message.value("method", "") == "workflow/event" && message["params"].value("request_id", json()) == id)
        out.push_back(message["params"]);
    }
    return out;
  }

 private:
  WorkFolder folder_;
  std::optional<EngineProcess> process_;
};

}  // namespace

TEST_SUITE_BEGIN("rpc");

TEST_CASE("rpc: a workflow runs, its events come before its result, and the task is there afterwards") {
  Server server;
  const json hello = server.ask(0, "initialize", {{"client", {{"name", "test"}}}, {"protocol_versions", {1, 7}}});
  CHECK(hello["result"]["protocol_version"] == 1);
  CHECK(hello["result"]["methods"].size() == 10);

  const json answer = server.ask("run", "workflow/run", {{"template", kDiamond}, {"context", {{"even_number", 6}}}});
  CHECK(answer["result"]["state"] == "complete");
  CHECK(answer["result"]["exit_code"] == 0);
  const auto events = server.events_of("run");
  REQUIRE(events.size() >= 10);
  CHECK(events.front()["event"] == "task.started");
  CHECK(events.back()["event"] == "task.completed");
  CHECK(server.said().back() == answer);

  const json uuid = answer["result"]["task_uuid"];
  CHECK(server.ask(2, "task/get", {{"task_uuid", uuid}})["result"]["context"]["even_number"] == 6);
  const json list = server.ask(3, "task/list", {{"state", "complete"}, {"limit", 5}})["result"]["tasks"];
  REQUIRE(list.size() == 1);
  CHECK(list[0]["task_uuid"] == uuid);
  server.process().close_stdin();
  CHECK(server.process().wait() == 0);
}

TEST_CASE("rpc: requests run side by side, each with its handlers; a quick one does not wait for a slow one") {
  Server server({"-w", "2"});
  server.send(request(1, "workflow/run", {{"template", "Waits.yaml"}}));
  server.process().wait_for(R"("event":"step.started")");
  CHECK(server.ask(2, "workflow/run", {{"template", "Echo.yaml"}})["result"]["state"] == "complete");
  CHECK(server.ask(3, "workflow/run", {{"template", kDiamond}, {"context", {{"even_number", 2}}}})["result"]["state"] ==
        "complete");
  CHECK_FALSE(server.answer_to(1));

  server.send({{"jsonrpc", "2.0"}, {"method", "$/cancelRequest"}, {"params", {{"id", 1}}}});
  const json cancelled = server.wait_for(1);
  CHECK(cancelled["error"]["code"] == -32800);
  CHECK(cancelled["error"]["data"]["state"] == "cancelled");
}

TEST_CASE("rpc: task/cancel ends a task that runs, and both requests are answered with its result") {
  Server server;
  server.send(request(1, "workflow/run", {{"template", "Waits.yaml"}}));
  server.process().wait_for(R"("event":"step.started")");
  const json uuid = server.events_of(1).front()["task_uuid"];
  CHECK(server.ask(2, "task/get", {{"task_uuid", uuid}})["result"]["exit_code"] == nullptr);
  CHECK(server.ask(3, "task/cancel", {{"task_uuid", uuid}})["result"]["state"] == "cancelled");
  const json run = server.wait_for(1);
  CHECK(run["result"]["state"] == "cancelled");
  CHECK(run["result"]["exit_code"] == 6);
  CHECK(server.ask(4, "task/cancel", {{"task_uuid", uuid}})["result"]["state"] == "cancelled");
}

TEST_CASE("rpc: two servers share a store; one sees and cancels the other's task, and takes it from nobody") {
  Server owner;
  owner.send(request("run", "workflow/run", {{"template", "Waits.yaml"}}));
  owner.process().wait_until([&] { return owner.events_of("run").size() >= 2; }, "the step starts");
  const json uuid = owner.events_of("run")[0]["task_uuid"];
  EngineProcess other({"rpc"}, {.input = request(1, "task/retry", {{"task_uuid", uuid}}).dump() + "\n" +
                                         request(2, "task/cancel", {{"task_uuid", uuid}}).dump() + "\n",
                                .directory = owner.folder().path(),
                                .env = {{"TASKER_STORE", "sqlite:" + owner.folder().path("t.db")}}});
  CHECK(owner.wait_for("run")["result"]["state"] == "cancelled");
  CHECK(other.wait() == 0);
  std::map<int, json> answers;
  std::istringstream lines(other.out());
  for (std::string line; std::getline(lines, line);) {
    const json message = json::parse(line);
    answers[message["id"].get<int>()] = message;
  }
  CHECK(answers.at(1)["error"]["code"] == -32011);
  CHECK(answers.at(2)["result"]["state"] == "cancelled");
}

TEST_CASE("rpc: a task that failed is a result; retried once its cause is mended, it completes") {
  Server server;
  const json failed = server.ask(1, "workflow/run", {{"template", "Fails.yaml"}, {"events", false}});
  CHECK(failed["result"]["state"] == "error");
  CHECK(failed["result"]["exit_code"] == 1);
  CHECK(failed["result"]["steps"][0]["error"]["kind"] == "permanent_error");
  CHECK(server.events_of(1).empty());

  const json uuid = failed["result"]["task_uuid"];
  server.folder().write("mended", "");
  const json retried = server.ask(2, "task/retry", {{"task_uuid", uuid}});
  CHECK(retried["result"]["task_uuid"] == uuid);
  CHECK(retried["result"]["state"] == "complete");
  CHECK(server.events_of(2).back()["event"] == "task.completed");
  const json again = server.ask(3, "task/retry", {{"task_uuid", uuid}});
  CHECK(again["error"]["code"] == -32011);
  CHECK(again["error"]["data"]["error"]["kind"] == "conflict");
}

TEST_CASE("rpc: what can't run is said with the place and the way out, and the server goes on") {
  Server server;
  const json unknown = server.ask(1, "workflow/run", {{"template", "Ehco.yaml"}});
  CHECK(unknown["error"]["code"] == -32602);
  const json detail = unknown["error"]["data"]["error"]["details"][0];
  CHECK(detail["line"] == 3);
  CHECK(detail["message"].get<std::string>().find("did you mean \"Echo\"?") != std::string::npos);

  const json text = server.ask(2, "workflow/run", {{"template_text", "name: x\nsteps: 7\n"}});
  CHECK(text["error"]["data"]["error"]["kind"] == "template_invalid");
  CHECK(server.ask(3, "workflow/run", {{"template", "Echo.yaml"}, {"context", {1}}})["error"]["code"] == -32602);
  CHECK(server.ask(4, "workflow/run", {{"template", "Echo.yaml"}, {"template_text", ""}})["error"]["code"] == -32602);
  CHECK(server.ask(5, "workflow/run", json::array({"Echo.yaml"}))["error"]["code"] == -32602);
  CHECK(server.ask(6, "workflow/run", {{"template", "Echo.yaml"}, {"timeout", "soon"}})["error"]["code"] == -32602);
  const std::string nul("Echo\0.yaml", 10);
  CHECK(server.ask(12, "workflow/run", {{"template", nul}})["error"]["message"] ==
        "\"template\" must be a string without NUL characters");
  CHECK(server.ask(13, "handler/list", {{"handlers", {nul}}})["error"]["code"] == -32602);
  CHECK(server.ask(8, "workflow/run", {{"template", "Echo.yaml"}})["result"]["state"] == "complete");
  CHECK(server.ask(9, "task/get", {{"task_uuid", "ffffffff"}})["error"]["code"] == -32010);
  CHECK(server.ask(10, "initialize", {{"protocol_versions", json::array({9})}})["error"]["code"] == -32007);
  CHECK(server.ask(7, "initialize")["result"]["server"]["name"] == "tasker");
  CHECK(server.ask(11, "task/lst")["error"]["data"]["message"].get<std::string>().find("task/list") !=
        std::string::npos);
}

TEST_CASE("rpc: validate and handler/list see the files as they are now; handler/call runs one handler") {
  Server server;
  CHECK(server.ask(1, "workflow/validate", {{"template", "Echo.yaml"}})["result"]["valid"] == true);
  const json wrong = server.ask(2, "workflow/validate", {{"template", "Ehco.yaml"}})["result"];
  CHECK(wrong["valid"] == false);
  CHECK(wrong["errors"][0]["line"] == 3);
  server.folder().write("handlers/ehco.rb", "class Ehco\n  def call(_context) = 1\nend\n");
  CHECK(server.ask(3, "workflow/validate", {{"template", "Ehco.yaml"}})["result"]["valid"] == true);
  CHECK(server.ask(4, "handler/list")["result"]["handlers"].size() == 4);
  const json called = server.ask(5, "handler/call", {{"handler", "Echo"}, {"context", {{"a", 1}}}});
  CHECK(called["result"]["results"]["got"]["a"] == 1);
  const json failed = server.ask(6, "handler/call", {{"handler", "Fails"}});
  CHECK(failed["error"]["code"] == -32002);
  CHECK(failed["error"]["data"]["error"]["kind"] == "permanent_error");
  const json missing = server.ask(7, "handler/call", {{"handler", "Fail"}});
  CHECK(missing["error"]["code"] == -32010);
  CHECK(missing["error"]["message"].get<std::string>().find("Fails") != std::string::npos);
}

TEST_CASE("rpc: handlers that do not load are the request's error, and once mended they serve") {
  Server server;
  server.folder().write("handlers/broken.rb", "class Broken\n  def\n");
  const json failed = server.ask(1, "workflow/run", {{"template", "Echo.yaml"}});
  CHECK(failed["error"]["code"] == -32005);
  CHECK(failed["error"]["data"]["error"]["kind"] == "workers_failed");
  server.folder().write("handlers/broken.rb", "");
  CHECK(server.ask(2, "workflow/run", {{"template", "Echo.yaml"}})["result"]["state"] == "complete");
}

TEST_CASE("rpc: hostile lines are answered and cost nothing else") {
  Server server;
  server.process().send(std::string(9 << 20, 'x') + "\n");
  server.process().send("\xff\xfe\n" + std::string(200'000, '[') + "\n\n{}\n[]\n[1]\n");
  CHECK(server.ask(1, "workflow/run", {{"template", "Echo.yaml"}, {"events", false}})["result"]["state"] == "complete");
  std::vector<int> codes;
  for (const json& message : server.said()) {
    if (message.is_array()) codes.push_back(message[0]["error"]["code"]);
    if (message.is_object() && message.contains("error")) codes.push_back(message["error"]["code"]);
  }
  CHECK(codes == std::vector<int>{-32700, -32700, -32700, -32600, -32600, -32600});
}

TEST_CASE("rpc: a batch is answered as one array") {
  Server server;
  server.send(json::array(
      {request("a", "workflow/run", {{"template", "Echo.yaml"}, {"events", false}}), request("b", "task/none"), 7}));
  server.process().wait_for("]\n");
  json batch;
  for (const json& message : server.said()) {
    if (message.is_array()) batch = message;
  }
  REQUIRE(batch.size() == 3);
  CHECK(batch.back()["result"]["state"] == "complete");
}

TEST_CASE("rpc: a shutdown in a batch, first or last, waits for the others of it, and all are answered") {
  const json run = request(1, "workflow/run", {{"template", "Echo.yaml"}, {"events", false}});
  const json shutdown = request(2, "shutdown");
  for (const json& batch : {json::array({run, shutdown}), json::array({shutdown, run})}) {
    Server server;
    server.send(batch);
    CHECK(server.process().wait() == 0);
    const json answers = server.said().back();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0]["result"]["state"] == "complete");
    CHECK(answers[1]["id"] == 2);
    CHECK(answers[1]["result"].is_null());
  }
}

TEST_CASE("rpc: at the end of its input what was read is finished and answered, also a line without its newline") {
  Server server;
  server.send(request(1, "workflow/run", {{"template", "Echo.yaml"}}));
  server.process().send(request(2, "workflow/validate", {{"template", "Echo.yaml"}}).dump());
  server.process().close_stdin();
  CHECK(server.process().wait() == 0);
  CHECK(server.answer_to(1).value()["result"]["state"] == "complete");
  CHECK(server.answer_to(2).value()["result"]["valid"] == true);
}

TEST_CASE("rpc: shutdown is answered last, and ends it with 0 although stdin stays open") {
  Server server;
  server.send(request(1, "workflow/run", {{"template", "Echo.yaml"}}));
  server.send(request(2, "shutdown"));
  CHECK(server.process().wait() == 0);
  CHECK(server.answer_to(1));
  CHECK(server.said().back() == json({{"jsonrpc", "2.0"}, {"id", 2}, {"result", nullptr}}));
}

TEST_CASE("rpc: SIGTERM gives what runs its grace and ends it; the request is answered and the task resumable") {
  Server server({"--drain-grace", "50ms"});
  server.send(request(1, "workflow/run", {{"template", "Waits.yaml"}}));
  server.process().wait_for(R"("event":"step.started")");
  const json uuid = server.events_of(1).front()["task_uuid"];
  server.process().signal(SIGTERM);
  CHECK(server.process().wait() == 143);
  const json answer = server.answer_to(1).value();
  CHECK(answer["error"]["code"] == -32006);
  CHECK(answer["error"]["data"]["error"]["kind"] == "interrupted");
  const Finished shown = run_tasker(
      {"task", "show", uuid.get<std::string>(), "-o", "json", "--store", "sqlite:" + server.folder().path("t.db")});
  CHECK(json::parse(shown.out)["resumable"] == true);
}

TEST_CASE("rpc: when nobody reads its answers it drains and ends with 141") {
  Server server({"--drain-grace", "100ms"});
  server.send(request(1, "workflow/run", {{"template", "Waits.yaml"}}));
  server.process().wait_for(R"("event":"step.started")");
  server.process().close_stdout();
  server.send(request(2, "initialize"));
  CHECK(server.process().wait() == 141);
}

TEST_CASE("rpc: the example clients in Ruby, Python and shell run a workflow and end with its code") {
  const std::string clients = project_root() + "/examples/rpc/client.";
  for (const auto& [program, file] : {std::pair("ruby", "rb"), std::pair("python3", "py"), std::pair("sh", "sh")}) {
    CAPTURE(program);
    WorkFolder folder("rpc");
    const EngineOptions options{
        .input = "", .directory = folder.path(), .env = {{"TASKER", tasker_binary()}}, .program = program};
    EngineProcess client({clients + file, kDiamond, "{\"even_number\": 6}"}, options);
    CHECK(client.wait() == 0);
    CHECK(client.out().find("diamond: complete\n") != std::string::npos);
    EngineProcess refused({clients + file, "nope.yaml"}, options);
    CHECK(refused.wait() == 3);
    CHECK(refused.err().find("nope.yaml: cannot read the file") != std::string::npos);
  }
}

TEST_CASE("rpc: no worker outlives it") {
  const std::string mark = "TASKER_TEST_RPC=" + std::to_string(::getpid());
  WorkFolder folder("rpc");
  EngineProcess process(
      {"rpc"}, {.input = request(1, "workflow/run", {{"template", kDiamond}, {"context", {{"even_number", 2}}}}).dump(),
                .directory = folder.path(),
                .env = {{"TASKER_TEST_RPC", std::to_string(::getpid())}}});
  CHECK(process.wait() == 0);
  CHECK(processes_with(mark).empty());
}

TEST_SUITE_END();
