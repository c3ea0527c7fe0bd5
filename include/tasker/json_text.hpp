#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace tasker {

/// Bounds that foreign JSON must keep. Both sides of the worker protocol name the one that was passed.
struct JsonLimits {
  std::size_t max_bytes = 8u << 20;  ///< of the whole text
  int max_depth = 100;               ///< nesting of arrays and objects, counted from the value's root
};

/// Why a text is no JSON value: a sentence and the byte offset it is about.
struct JsonError {
  std::string message;     ///< for people
  std::size_t offset = 0;  ///< from the start of the text, in bytes
};

/// A JSON value kept as its text. Checked once where it enters (syntax, UTF-8, depth, size), never parsed again when it
/// is only passed on: big integers, the text of floats and the order of keys survive by construction. Immutable and
/// cheap to copy (a shared pointer); safe to read from any thread.
class JsonText {
 public:
  /// The value `null`.
  JsonText() = default;

  /// Checks `text`; the value, or why it is none.
  static std::variant<JsonText, JsonError> parse(std::string text, const JsonLimits& limits = {});

  /// Takes a text that this program wrote itself, or has checked already.
  static JsonText trusted(std::string text);

  /// The value as it was written. Lives as long as any copy of this.
  const std::string& text() const;
  /// The same without a copy.
  std::string_view view() const { return text(); }
  /// The value is an object.
  bool is_object() const { return text().front() == '{'; }
  /// The value is `null`.
  bool is_null() const { return text() == "null"; }

  /// Equal as texts: `1.0` is not `1`, and the order of keys counts.
  friend bool operator==(const JsonText& a, const JsonText& b) { return a.text() == b.text(); }

 private:
  explicit JsonText(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}
  std::shared_ptr<const std::string> text_;
};

}  // namespace tasker
