#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "tasker/json_text.hpp"

namespace tasker::rpc {

using RequestId = std::int64_t;

/// Error codes of JSON-RPC 2.0 and of the worker protocol (docs/protocol.md, "Errors").
enum class ErrorCode : int {
  ParseError = -32700,
  InvalidRequest = -32600,
  MethodNotFound = -32601,
  InvalidParams = -32602,
  InternalError = -32603,
  HandlerNotFound = -32001,
  HandlerRaised = -32002,
  ResultUnserializable = -32003,
  ResultTooLarge = -32004,
  HandlersFailedToLoad = -32005,
  ShuttingDown = -32006,
  ProtocolVersion = -32007,
  UnknownContextRef = -32009,
  // Of `tasker rpc` alone (docs/rpc.md, "Errors").
  NotFound = -32010,
  Conflict = -32011,
  StoreUnavailable = -32012,
  DuplicateKey = -32013,
  Cancelled = -32800,
};

/// The slices below point into the line they were parsed from.
struct ResultMessage {
  RequestId id;
  std::string_view result;
};
struct ErrorMessage {
  RequestId id;
  ErrorCode code;
  std::string message;
  std::string_view data;  ///< "null" when there is none
};
struct NotificationMessage {
  std::string method;
  std::string_view params;  ///< "null" when there are none
};
/// A line that is no message we could use.
struct Malformed {
  std::string reason;
};
using Message = std::variant<ResultMessage, ErrorMessage, NotificationMessage, Malformed>;

/// Reads one line from a peer. The whole line is checked: UTF-8, depth, syntax.
Message parse_message(std::string_view line, const JsonLimits& limits);

/// One line each, newline included. `params` is spliced as it is.
std::string request_line(RequestId id, std::string_view method, std::string_view params);
std::string notification_line(std::string_view method, std::string_view params);

}  // namespace tasker::rpc
