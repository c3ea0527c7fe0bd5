#include "rpc/call.hpp"

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"

namespace tasker::rpc {

namespace {

bool is_string(std::string_view json) { return json.starts_with('"'); }
bool is_structured(std::string_view json) { return json.starts_with('{') || json.starts_with('['); }

/// A string, a number or null.
bool is_id(std::string_view json) { return !is_structured(json) && json != "true" && json != "false"; }

std::string_view standard_message(ErrorCode code) {
  switch (code) {
    case ErrorCode::ParseError:
      return "Parse error";
    case ErrorCode::InvalidRequest:
      return "Invalid Request";
    case ErrorCode::MethodNotFound:
      return "Method not found";
    case ErrorCode::InvalidParams:
      return "Invalid params";
    default:
      return "Internal error";
  }
}

BadCall bad(std::string_view id, std::string_view detail) {
  return {std::string(id), standard_fault(ErrorCode::InvalidRequest, detail)};
}

}  // namespace

std::variant<Call, BadCall> parse_call(std::string_view json) {
  const JsonMembers members = JsonMembers::of_checked(json);
  if (members.error()) return bad("null", "a request is an object");
  const auto id = members.find("id");
  if (id && !is_id(*id)) return bad("null", "an id is a string, a number or null");
  const std::string_view answer_to = id.value_or("null");
  if (members.string("jsonrpc") != "2.0") return bad(answer_to, "\"jsonrpc\" is not \"2.0\"");
  const auto method = members.find("method");
  if (!method) return bad(answer_to, "there is no \"method\"");
  if (!is_string(*method)) return bad(answer_to, "\"method\" is not a string");
  const auto params = members.find("params");
  if (params && !is_structured(*params)) {
    return bad(answer_to, "\"params\" is neither an object nor an array; leave it out where there are none");
  }
  return Call{std::string(id.value_or("")), json_unescape(*method), std::string(params.value_or(""))};
}

bool same_id(std::string_view a, std::string_view b) {
  if (a == b) return true;
  return is_string(a) && is_string(b) && json_unescape(a) == json_unescape(b);
}

std::string result_text(std::string_view id, std::string_view result) {
  std::string out;
  out.reserve(result.size() + id.size() + 40);
  JsonWriter(out).begin_object().field("jsonrpc", "2.0").key("result").raw(result).key("id").raw(id).end_object();
  return out;
}

std::string error_text(std::string_view id, const Fault& fault) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("jsonrpc", "2.0").key("error").begin_object();
  json.field("code", static_cast<int>(fault.code)).field("message", fault.message);
  if (!fault.data.is_null()) json.field("data", fault.data);
  json.end_object().key("id").raw(id).end_object();
  return out;
}

Fault standard_fault(ErrorCode code, std::string_view detail) {
  std::string data;
  JsonWriter(data).begin_object().field("message", detail).end_object();
  return {code, std::string(standard_message(code)), detail.empty() ? JsonText() : JsonText::trusted(std::move(data))};
}

}  // namespace tasker::rpc
