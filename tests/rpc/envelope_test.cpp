#include "rpc/envelope.hpp"

using namespace tasker;
using namespace tasker::rpc;

namespace {

Message parse(std::string_view line) { return parse_message(line, {}); }
std::string refusal(std::string_view line) {
  const Message message = parse(line);
  const auto* malformed = std::get_if<Malformed>(&message);
  return malformed ? malformed->reason : "";
}

}  // namespace

TEST_SUITE_BEGIN("envelope");

TEST_CASE("what is no message says why") {
  CHECK(refusal("hello") == "expected a JSON value at byte 0");
  CHECK(refusal("[]") == "expected an object at byte 0");
  CHECK(refusal("{}") == "its \"jsonrpc\" is not \"2.0\"");
  CHECK(refusal(R"({"jsonrpc":"1.0","id":1,"result":1})") == "its \"jsonrpc\" is not \"2.0\"");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1})") == "it has neither a result nor an error");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})") == "it has a result and an error");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"error":{"code":"x"}})") == "its error has no code and message");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"error":{"code":4294934496,"message":"m"}})") ==
        "its error has no code and message");  // would be -32800 in 32 bits
  CHECK(refusal(R"({"jsonrpc":"2.0","id":"1","result":1})") == "it has neither a method nor an id of ours");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"method":"ping"})") == "a request (ping); only the engine asks");
  CHECK(refusal(std::string(200'000, '[')) == "nested deeper than 100 levels at byte 100");
  CHECK(refusal("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xFF\"}") == "bytes that are not UTF-8 at byte 34");
}

TEST_CASE("a result is a slice of the line, untouched") {
  const Message message = parse(R"({"jsonrpc":"2.0","id":7,"result":{"b":18446744073709551617, "a":1.0}})");
  REQUIRE(std::holds_alternative<ResultMessage>(message));
  CHECK(std::get<ResultMessage>(message).id == 7);
  CHECK(std::get<ResultMessage>(message).result == R"({"b":18446744073709551617, "a":1.0})");
}

TEST_CASE("an error has its code, its message and its data") {
  const Message message =
      parse(R"({"jsonrpc":"2.0","id":7,"error":{"code":-32002,"message":"a\nb","data":{"class":"X"}}})");
  REQUIRE(std::holds_alternative<ErrorMessage>(message));
  CHECK(std::get<ErrorMessage>(message).code == ErrorCode::HandlerRaised);
  CHECK(std::get<ErrorMessage>(message).message == "a\nb");
  CHECK(std::get<ErrorMessage>(message).data == R"({"class":"X"})");
  CHECK(std::get<ErrorMessage>(parse(R"({"jsonrpc":"2.0","id":7,"error":{"code":1,"message":""}})")).data == "null");
}

TEST_CASE("a notification has a method and no id") {
  const Message message = parse(R"({"method":"log","jsonrpc":"2.0","params":{"level":"info"}})");
  REQUIRE(std::holds_alternative<NotificationMessage>(message));
  CHECK(std::get<NotificationMessage>(message).method == "log");
  CHECK(std::get<NotificationMessage>(message).params == R"({"level":"info"})");
}

TEST_CASE("what is written is one line each and reads back") {
  CHECK(request_line(3, "step/process", R"({"a":"b"})") ==
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"step/process\",\"params\":{\"a\":\"b\"}}\n");
  CHECK(notification_line("exit", "{}") == "{\"jsonrpc\":\"2.0\",\"method\":\"exit\",\"params\":{}}\n");
}

TEST_SUITE_END();
