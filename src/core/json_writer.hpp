#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tasker/json_text.hpp"

namespace tasker {

/// Writes one JSON value into a string, piece by piece; keys keep their order and values that are JSON already are
/// spliced in as they are. Commas are its business, balance is the caller's. Bytes that are not UTF-8 become U+FFFD, so
/// what it writes always parses.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(double value);  ///< finite; shortest text that reads back the same
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);
  JsonWriter& raw(const JsonText& json) { return raw(json.view()); }

  /// `"name": value` in one call.
  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).string(value); }
  JsonWriter& field(std::string_view name, const char* value) { return key(name).string(value); }
  JsonWriter& field(std::string_view name, const std::string& value) { return key(name).string(value); }
  JsonWriter& field(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& field(std::string_view name, int value) { return key(name).number(std::int64_t{value}); }
  JsonWriter& field(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonWriter& field(std::string_view name, std::uint64_t value) {
    return key(name).number(static_cast<std::int64_t>(value));
  }
  JsonWriter& field(std::string_view name, std::uint32_t value) { return key(name).number(std::int64_t{value}); }
  JsonWriter& field(std::string_view name, double value) { return key(name).number(value); }
  JsonWriter& field(std::string_view name, const JsonText& value) { return key(name).raw(value); }
  JsonWriter& null_field(std::string_view name) { return key(name).null(); }
  /// The string, or null when it is empty.
  JsonWriter& field_or_null(std::string_view name, std::string_view value) {
    return value.empty() ? null_field(name) : field(name, value);
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  std::string& out_;
  bool first_ = true;  ///< no comma before the next value
};

/// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

}  // namespace tasker
