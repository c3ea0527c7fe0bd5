#include "tasker/json_text.hpp"

#include <algorithm>
#include <utility>

#include "core/json_scan.hpp"

namespace tasker {

std::variant<JsonText, JsonError> JsonText::parse(std::string text, const JsonLimits& limits) {
  if (auto error = check_json(text, limits)) return *std::move(error);
  // Without the white space around it the text can be spliced anywhere, and its first character tells its type.
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (first != 0 || last + 1 != text.size()) text = text.substr(first, last + 1 - first);
  // One line, since one line is one message: in checked JSON a raw line break stands only between tokens.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return trusted(std::move(text));
}

JsonText JsonText::trusted(std::string text) { return JsonText(std::make_shared<const std::string>(std::move(text))); }

const std::string& JsonText::text() const {
  static const std::string null = "null";
  return text_ ? *text_ : null;
}

}  // namespace tasker
