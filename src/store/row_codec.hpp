#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/sqlite_db.hpp"
#include "tasker/task.hpp"

namespace tasker::store {

// How values of the engine stand in columns. Pure, but for the Statement that a row is read from.

inline std::int64_t micros(WallTime time) { return time.time_since_epoch().count(); }
inline std::int64_t micros(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}
inline std::optional<std::int64_t> micros(const std::optional<Duration>& duration) {
  return duration ? std::optional(micros(*duration)) : std::nullopt;
}
inline WallTime wall_time(std::int64_t micros) { return WallTime(std::chrono::microseconds(micros)); }
inline Duration duration(std::int64_t micros) { return std::chrono::microseconds(micros); }

/// An error as one JSON object; what it holds as JSON is spliced in as it is. Bytes that are not UTF-8 (a dying
/// worker's last words) become U+FFFD.
std::string error_text(const ErrorInfo& error);
/// Reads what `error_text` wrote. Throws std::runtime_error when it is something else.
SharedError error_from(std::string_view text);

/// Columns: NULL is no error.
std::optional<std::string> error_column(const SharedError& error);
SharedError error_from_column(const std::optional<std::string>& text);

/// Columns: NULL is the value `null`.
std::optional<std::string_view> json_column(const std::optional<JsonText>& json);
JsonText json_from_column(std::optional<std::string> text);

Uuid read_uuid(Statement& row);
/// Columns of step_history from `dispatch` on, in the order of the schema.
AttemptRecord read_attempt(Statement& row);

}  // namespace tasker::store
