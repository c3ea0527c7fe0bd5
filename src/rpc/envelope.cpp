#include "rpc/envelope.hpp"

#include <utility>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"

namespace tasker::rpc {

namespace {

Message error_message(RequestId id, std::string_view text) {
  const JsonMembers error = JsonMembers::of_checked(text);
  const auto code = error.integer("code");
  const auto message = error.string("message");
  if (error.error() || !code || !message || !std::in_range<int>(*code))
    return Malformed{"its error has no code and message"};
  return ErrorMessage{id, static_cast<ErrorCode>(*code), *message, error.find("data").value_or("null")};
}

}  // namespace

Message parse_message(std::string_view line, const JsonLimits& limits) {
  const JsonMembers members = JsonMembers::of(line, limits);
  if (members.error()) {
    return Malformed{members.error()->message + " at byte " + std::to_string(members.error()->offset)};
  }
  if (members.string("jsonrpc") != "2.0") return Malformed{"its \"jsonrpc\" is not \"2.0\""};
  if (const auto method = members.string("method")) {
    if (members.find("id")) return Malformed{"a request (" + *method + "); only the engine asks"};
    return NotificationMessage{*method, members.find("params").value_or("null")};
  }
  const auto id = members.integer("id");
  if (!id) return Malformed{"it has neither a method nor an id of ours"};
  const auto result = members.find("result");
  const auto error = members.find("error");
  if (result && error) return Malformed{"it has a result and an error"};
  if (error) return error_message(*id, *error);
  if (!result) return Malformed{"it has neither a result nor an error"};
  return ResultMessage{*id, *result};
}

std::string request_line(RequestId id, std::string_view method, std::string_view params) {
  std::string line;
  line.reserve(params.size() + 64);
  JsonWriter(line)
      .begin_object()
      .field("jsonrpc", "2.0")
      .field("id", id)
      .field("method", method)
      .key("params")
      .raw(params)
      .end_object();
  line += '\n';
  return line;
}

std::string notification_line(std::string_view method, std::string_view params) {
  std::string line;
  JsonWriter(line)
      .begin_object()
      .field("jsonrpc", "2.0")
      .field("method", method)
      .key("params")
      .raw(params)
      .end_object();
  line += '\n';
  return line;
}

}  // namespace tasker::rpc
