#include "conformance/heard.hpp"

using namespace tasker::conformance;

TEST_SUITE_BEGIN("conformance: lines");

TEST_CASE("a line is a result, an error or a notification, and keeps its texts") {
  const Heard result = hear(R"({"jsonrpc":"2.0","id":3,"result":{"big":18446744073709551617}})");
  CHECK(result.kind == Heard::Kind::Result);
  CHECK(result.id == "3");
  CHECK(result.result == R"({"big":18446744073709551617})");
  const Heard error = hear(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no JSON"}})");
  CHECK(error.kind == Heard::Kind::Error);
  CHECK(error.id == "null");
  CHECK(error.code == -32700);
  CHECK(error.data == "null");
  const Heard notification = hear(R"({"jsonrpc":"2.0","method":"log","params":{"a":1}})");
  CHECK(notification.kind == Heard::Kind::Notification);
  CHECK(notification.params == R"({"a":1})");
}

TEST_CASE("everything else is noise that says why") {
  CHECK(hear("hello").problem == "expected a JSON value");
  CHECK(hear("[1]").problem == "expected an object");
  CHECK(hear(R"({"id":1,"result":1})").problem == "its \"jsonrpc\" is not \"2.0\"");
  CHECK(hear(R"({"jsonrpc":"2.0","result":1})").problem == "it has neither a method nor an id");
  CHECK(hear(R"({"jsonrpc":"2.0","id":1})").problem == "it has neither a result nor an error");
  CHECK(hear(R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})").problem == "it has a result and an error");
  CHECK(hear(R"({"jsonrpc":"2.0","id":1,"error":{"code":1}})").problem == "its error has no code and message");
  CHECK(hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})").problem == "it is a request; only the engine asks");
}

TEST_CASE("values are compared, not their writing") {
  CHECK(same_json(R"({"a":1,"b":[1.0]})", R"({ "b":[1.0], "a":1 })"));
  CHECK(same_json("\"\\u00e9\"", "\"\xC3\xA9\""));
  CHECK_FALSE(same_json("[1,2]", "[2,1]"));
  CHECK_FALSE(same_json("\xFF", "\xFF"));
}

TEST_SUITE_END();
