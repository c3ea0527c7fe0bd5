#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "rpc/envelope.hpp"
#include "tasker/json_text.hpp"

namespace tasker::rpc {

/// What somebody asks of us: a request of JSON-RPC 2.0, or a notification.
struct Call {
  std::string id;  ///< as the JSON text it came in; empty: a notification, which is never answered
  std::string method;
  std::string params;  ///< JSON, an object or an array; empty: there are none

  bool is_notification() const { return id.empty(); }
};

/// An error as an answer carries it.
struct Fault {
  ErrorCode code = ErrorCode::InternalError;
  std::string message;
  JsonText data{};  ///< null: left out
};

/// What is no request, and the id to say so with: its own where it has a usable one, else "null".
struct BadCall {
  std::string id;
  Fault fault;
};

/// Reads one JSON value that was checked before: a request, or one element of a batch.
std::variant<Call, BadCall> parse_call(std::string_view json);

/// Whether two ids are the same: numbers by their text, strings by what they stand for.
bool same_id(std::string_view a, std::string_view b);

/// The answers, without a newline. `id` and `result` are spliced as they are.
std::string result_text(std::string_view id, std::string_view result);
std::string error_text(std::string_view id, const Fault& fault);

/// The standard's own words for its own codes, with `detail` as `data.message`.
Fault standard_fault(ErrorCode code, std::string_view detail);

}  // namespace tasker::rpc
