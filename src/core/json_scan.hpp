#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasker/json_text.hpp"

namespace tasker {

/// Checks that `text` is one JSON value (RFC 8259) within the limits: bytes, UTF-8, nesting; lone surrogates are
/// refused. Numbers may have any length. The first error, or nothing.
std::optional<JsonError> check_json(std::string_view text, const JsonLimits& limits);

/// The members of one object as slices of its text, in written order. A key that stands twice: the last one counts.
class JsonMembers {
 public:
  /// Checks `text` as `check_json` does, and that it is an object. On failure `error()` says why and there are no
  /// members.
  static JsonMembers of(std::string_view text, const JsonLimits& limits = {});

  /// The same for a slice of a text that was checked as a whole: no limit but the scanner's own depth.
  static JsonMembers of_checked(std::string_view text);

  const std::optional<JsonError>& error() const { return error_; }
  /// The raw text of a member's value.
  std::optional<std::string_view> find(std::string_view key) const;

  /// Typed look-ups: nothing when the member is missing, null or of another type.
  std::optional<std::string> string(std::string_view key) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  /// The strings of an array; other elements are left out.
  std::vector<std::string> strings(std::string_view key) const;
  /// The value as text of its own; `null` when it is missing.
  JsonText json(std::string_view key) const;

  struct Member {
    std::string_view key;  ///< between the quotes, escapes as written
    std::string_view value;
  };
  const std::vector<Member>& all() const { return members_; }

 private:
  std::vector<Member> members_;
  std::optional<JsonError> error_;
};

/// The elements of a checked array as slices.
std::vector<std::string_view> json_elements(std::string_view array);

/// The text that a checked JSON string stands for.
std::string json_unescape(std::string_view json_string);

}  // namespace tasker
