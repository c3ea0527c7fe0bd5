#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "tasker/template_loader.hpp"

namespace tasker {

/// The bytes of a file, or a sentence why there are none (missing, a folder, unreadable, larger than `max_bytes`).
struct ReadFailure {
  std::string message;
};
std::variant<std::string, ReadFailure> read_source(const std::string& path, std::size_t max_bytes);

/// What of a text no parser needs to see: too large, not UTF-8, NUL bytes, absurdly nested brackets.
struct TextProblem {
  SourcePosition position;
  std::string message;
};
std::optional<TextProblem> check_source(std::string_view text, const TemplateLimits& limits);

/// yaml-cpp refuses JSON's way to write characters beyond U+FFFF (`\ud83d\ude00`). Each such pair is replaced by three
/// private characters of the same number of bytes, so positions stay right; nothing else knows yet whether the place is
/// inside double quotes. True when there was one.
bool hide_surrogate_pairs(std::string& text);

/// Puts back what `hide_surrogate_pairs` hid: the character itself inside double quotes, the escape as written
/// elsewhere.
std::string reveal_surrogate_pairs(std::string_view text, bool double_quoted);

}  // namespace tasker
