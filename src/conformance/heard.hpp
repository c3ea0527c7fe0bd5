#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tasker::conformance {

/// One line of a runner, read as strictly as the engine reads it, but without losing what a report has to quote.
struct Heard {
  enum class Kind { Result, Error, Notification, Noise };
  Kind kind = Kind::Noise;
  std::string line;     ///< as it came, without its newline
  std::string problem;  ///< of Noise: why it is no message
  std::string id;       ///< its JSON text ("3", "null", "\"who\""); empty: none
  std::string result;   ///< of Result: its JSON text
  long code = 0;        ///< of Error
  std::string message;  ///< of Error
  std::string data;     ///< of Error; "null" when there is none
  std::string method;   ///< of Notification
  std::string params;   ///< of Notification; "null" when there are none
};

/// Pure.
Heard hear(std::string_view line);

/// A line for a report: at most `width` bytes, and never half a character.
std::string excerpt(std::string_view line, std::size_t width = 160);

/// Whether two JSON texts stand for the same value; the order of keys and the writing of numbers don't matter.
bool same_json(std::string_view a, std::string_view b);

}  // namespace tasker::conformance
