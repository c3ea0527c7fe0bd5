// JSON-RPC 2.0's server side: every example of the specification, and what is not in it.
#include "rpc/dispatcher.hpp"

#include <nlohmann/json.hpp>

#include "core/json_scan.hpp"

using namespace tasker;
using nlohmann::json;

namespace {

/// A dispatcher with the methods of the specification's examples, and one whose answers come later.
struct Peer {
  explicit Peer(rpc::DispatcherLimits limits = {})
      : dispatcher([this](std::string line) { out.push_back(std::move(line)); }, limits) {
    dispatcher.on("subtract", [](const rpc::Call& call, rpc::Reply reply) {
      const json p = json::parse(call.params);
      const json a = p.is_array() ? p[0] : p["minuend"];
      const json b = p.is_array() ? p[1] : p["subtrahend"];
      reply.result(std::to_string(a.get<int>() - b.get<int>()));
    });
    dispatcher.on("sum", [](const rpc::Call& call, rpc::Reply reply) {
      int sum = 0;
      for (const json& number : json::parse(call.params)) sum += number.get<int>();
      reply.result(std::to_string(sum));
    });
    dispatcher.on("get_data", [](const rpc::Call&, rpc::Reply reply) { reply.result(R"(["hello", 5])"); });
    for (const char* name : {"update", "notify_hello", "notify_sum"}) {
      dispatcher.on(name, [this](const rpc::Call& call, rpc::Reply reply) {
        told.push_back(call.method);
        reply.result("19");
      });
    }
    dispatcher.on("later", [this](const rpc::Call&, rpc::Reply reply) { waiting.push_back(std::move(reply)); });
    dispatcher.on("drops", [](const rpc::Call&, rpc::Reply) {});
    dispatcher.on("cancellable", [this](const rpc::Call& call, rpc::Reply reply) {
      reply.on_cancel([this, id = call.id] { cancelled.push_back(id); });
      waiting.push_back(std::move(reply));
    });
  }

  /// Everything that is answered to a line, as JSON; details in `data` are ours and left out.
  json ask(const std::string& line) {
    out.clear();
    dispatcher.receive(line);
    if (out.empty()) return nullptr;
    REQUIRE(out.size() == 1);
    CHECK(out.front().back() == '\n');
    json answer = json::parse(out.front());
    for (json* one = answer.is_array() ? answer.empty() ? nullptr : &answer.front() : &answer; one;) {
      if (one->contains("error")) (*one)["error"].erase("data");
      one = answer.is_array() && one < &answer.back() ? one + 1 : nullptr;
    }
    return answer;
  }

  std::vector<std::string> out;
  std::vector<std::string> told;
  std::vector<std::string> cancelled;
  std::vector<rpc::Reply> waiting;
  rpc::Dispatcher dispatcher;
};

json error(int code, const char* message, json id = nullptr) {
  return {{"jsonrpc", "2.0"}, {"error", {{"code", code}, {"message", message}}}, {"id", id}};
}

}  // namespace

TEST_SUITE_BEGIN("rpc dispatcher");

TEST_CASE("the specification's examples: rpc call with positional parameters") {
  Peer peer;
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1})") ==
        json::parse(R"({"jsonrpc": "2.0", "result": 19, "id": 1})"));
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2})") ==
        json::parse(R"({"jsonrpc": "2.0", "result": -19, "id": 2})"));
}

TEST_CASE("the specification's examples: rpc call with named parameters") {
  Peer peer;
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3})") ==
        json::parse(R"({"jsonrpc": "2.0", "result": 19, "id": 3})"));
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4})") ==
        json::parse(R"({"jsonrpc": "2.0", "result": 19, "id": 4})"));
}

TEST_CASE("the specification's examples: a notification is not answered, known or unknown") {
  Peer peer;
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]})") == nullptr);
  CHECK(peer.told == std::vector<std::string>{"update"});
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "foobar"})") == nullptr);
}

TEST_CASE("the specification's examples: rpc call of non-existent method") {
  Peer peer;
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "foobar", "id": "1"})") == error(-32601, "Method not found", "1"));
}

TEST_CASE("the specification's examples: rpc call with invalid JSON") {
  Peer peer;
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz])") == error(-32700, "Parse error"));
}

TEST_CASE("the specification's examples: rpc call with invalid Request object") {
  Peer peer;
  CHECK(peer.ask(R"({"jsonrpc": "2.0", "method": 1, "params": "bar"})") == error(-32600, "Invalid Request"));
}

TEST_CASE("the specification's examples: rpc call Batch, invalid JSON") {
  Peer peer;
  CHECK(
      peer.ask(R"([{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"])") ==
      error(-32700, "Parse error"));
}

TEST_CASE("the specification's examples: rpc call with an empty Array") {
  Peer peer;
  CHECK(peer.ask("[]") == error(-32600, "Invalid Request"));
}

TEST_CASE("the specification's examples: rpc call with an invalid Batch (but not empty)") {
  Peer peer;
  CHECK(peer.ask("[1]") == json::array({error(-32600, "Invalid Request")}));
}

TEST_CASE("the specification's examples: rpc call with invalid Batch") {
  Peer peer;
  const json one = error(-32600, "Invalid Request");
  CHECK(peer.ask("[1,2,3]") == json::array({one, one, one}));
}

TEST_CASE("the specification's examples: rpc call Batch") {
  Peer peer;
  const json answer = peer.ask(R"([
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"}])");
  CHECK(answer == json::array({json::parse(R"({"jsonrpc": "2.0", "result": 7, "id": "1"})"),
                               json::parse(R"({"jsonrpc": "2.0", "result": 19, "id": "2"})"),
                               error(-32600, "Invalid Request"), error(-32601, "Method not found", "5"),
                               json::parse(R"({"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"})")}));
}

TEST_CASE("the specification's examples: rpc call Batch (all notifications)") {
  Peer peer;
  CHECK(peer.ask(R"([{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
                     {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}])") == nullptr);
  CHECK(peer.told.size() == 2);
}

TEST_CASE("ids come back as they were written: strings, fractions, big numbers, null") {
  Peer peer;
  for (const char* id :
       {R"("")", R"("\u00e9\n")", "0", "-1", "1.50", "123456789012345678901234567890", "1e3", "null"}) {
    CAPTURE(id);
    peer.out.clear();
    peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"get_data","id":)" + std::string(id) + "}");
    REQUIRE(peer.out.size() == 1);
    CHECK(peer.out.front().ends_with("\"id\":" + std::string(id) + "}\n"));
  }
}

TEST_CASE("what is no request says why, with its own id where it has one") {
  Peer peer;
  CHECK(peer.ask("1") == error(-32600, "Invalid Request"));
  CHECK(peer.ask(R"("text")") == error(-32600, "Invalid Request"));
  CHECK(peer.ask("{}") == error(-32600, "Invalid Request"));
  CHECK(peer.ask(R"({"jsonrpc":"2.0","id":[1],"method":"sum"})") == error(-32600, "Invalid Request"));
  CHECK(peer.ask(R"({"jsonrpc":"2.0","id":true,"method":"sum"})") == error(-32600, "Invalid Request"));
  CHECK(peer.ask(R"({"jsonrpc":"2.0","id":7})") == error(-32600, "Invalid Request", 7));
  CHECK(peer.ask(R"({"jsonrpc":"2.0","id":7,"result":1})") == error(-32600, "Invalid Request", 7));
  CHECK(peer.ask(R"({"jsonrpc":"1.0","id":7,"method":"sum"})") == error(-32600, "Invalid Request", 7));
  CHECK(peer.ask(R"({"jsonrpc":2.0,"id":7,"method":"sum"})") == error(-32600, "Invalid Request", 7));
  CHECK(peer.ask(R"({"method":"sum","id":7})") == error(-32600, "Invalid Request", 7));
  CHECK(peer.ask(R"({"jsonrpc":"2.0","id":7,"method":"sum","params":null})") == error(-32600, "Invalid Request", 7));
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","id":7,"method":"sum","params":3})");
  CHECK(peer.out.back().find("leave it out") != std::string::npos);
}

TEST_CASE("an unknown method names the nearest one") {
  Peer peer;
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","id":1,"method":"substract"})");
  CHECK(peer.out.back().find(R"(did you mean \"subtract\"?)") != std::string::npos);
}

TEST_CASE("hostile lines are answered, and the next line is read as if nothing had been") {
  Peer peer;
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  for (const std::string& line : {std::string("\xff\xfe{}"), deep, std::string(R"({"jsonrpc":"2.0","id":"\ud800"})"),
                                  std::string("{\"a\":\x01}"), std::string(1, '\0'), std::string("}{")}) {
    CHECK(peer.ask(line) == error(-32700, "Parse error"));
  }
  CHECK(peer.ask("") == nullptr);
  CHECK(peer.ask(" \r") == nullptr);
  peer.out.clear();
  peer.dispatcher.refuse_line("the line is longer than 8 MiB");
  CHECK(
      peer.out.back() ==
      "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32700,\"message\":\"Parse error\",\"data\":{\"message\":\"the line is "
      "longer than 8 MiB\"}},\"id\":null}\n");
  CHECK(peer.ask(R"({"jsonrpc":"2.0","method":"sum","params":[1],"id":1})")["result"] == 1);
}

TEST_CASE("a batch of more requests than are taken is refused as a whole") {
  Peer peer({.most_in_batch = 2});
  CHECK(peer.ask("[1,2,3]") == error(-32600, "Invalid Request"));
  CHECK(peer.ask("[1,2]").size() == 2);
}

TEST_CASE("answers come in any order; those of a batch together, when the last one is there") {
  Peer peer;
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"later","id":1})");
  peer.dispatcher.receive(R"([{"jsonrpc":"2.0","method":"later","id":2},{"jsonrpc":"2.0","method":"later","id":3},
                              {"jsonrpc":"2.0","method":"sum","params":[4],"id":4}])");
  CHECK(peer.dispatcher.pending() == 3);
  CHECK(peer.out.empty());
  peer.waiting[2].result("33");
  CHECK(peer.out.empty());
  peer.waiting[1].error({rpc::ErrorCode::Cancelled, "cancelled"});
  REQUIRE(peer.out.size() == 1);
  const json batch = json::parse(peer.out.front());
  REQUIRE(batch.size() == 3);
  CHECK(batch[0]["id"] == 4);
  CHECK(batch[1]["result"] == 33);
  CHECK(batch[2]["error"]["code"] == -32800);
  peer.waiting[0].result("11");
  CHECK(peer.out.size() == 2);
  CHECK(peer.dispatcher.pending() == 0);
}

TEST_CASE("a second answer is not sent, and a request that is dropped is answered all the same") {
  Peer peer;
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"later","id":1})");
  peer.waiting[0].result("1");
  peer.waiting[0].result("2");
  CHECK(peer.out.size() == 1);
  CHECK(peer.ask(R"({"jsonrpc":"2.0","method":"drops","id":2})") == error(-32603, "Internal error", 2));
  CHECK(peer.ask(R"({"jsonrpc":"2.0","method":"drops"})") == nullptr);
}

TEST_CASE("$/cancelRequest asks the request of that id, once, and no other") {
  Peer peer;
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"cancellable","id":"a"})");
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"cancellable","id":1})");
  for (const char* id : {R"("b")", "2", R"("1")", "null", "{}"}) {
    peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":)" + std::string(id) + "}}");
  }
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"$/cancelRequest"})");
  peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":[]})");
  CHECK(peer.cancelled.empty());
  for (int i = 0; i < 2; ++i) {
    peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"\u0061"}})");
  }
  CHECK(peer.cancelled == std::vector<std::string>{R"("a")"});
  CHECK(peer.out.empty());
  peer.waiting[0].result("1");
  CHECK(peer.out.size() == 1);
}

TEST_CASE("a reply that outlives its dispatcher is silent") {
  std::vector<rpc::Reply> kept;
  {
    Peer peer;
    peer.dispatcher.receive(R"({"jsonrpc":"2.0","method":"later","id":1})");
    kept = std::move(peer.waiting);
  }
  kept.front().result("1");
}

TEST_SUITE_END();
