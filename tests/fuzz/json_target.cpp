#include <nlohmann/json.hpp>
#include <optional>
#include <variant>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "core/utf8.hpp"
#include "fuzz/targets.hpp"

namespace tasker::fuzz {

namespace {

/// nlohmann's opinion. None where it has another one by design: numbers beyond a double, which we keep as text; a byte
/// order mark and a NUL at the end, which it passes over.
std::optional<bool> nlohmann_accepts(std::string_view text) {
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xEF\xBB\xBF")) return std::nullopt;
  try {
    const auto ignored = nlohmann::json::parse(text);
    return true;
  } catch (const nlohmann::json::out_of_range&) {
    return std::nullopt;
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

void check_members(const JsonMembers& members) {
  for (const auto& member : members.all()) {
    require(!check_json(member.value, {.max_bytes = SIZE_MAX, .max_depth = 1000}), "a member's slice is no JSON");
    const std::string key = json_unescape('"' + std::string(member.key) + '"');
    require(is_utf8(key), "a key is not UTF-8");
    require(members.find(key).has_value(), "a member is not found by its key");
    members.string(key);
    members.integer(key);
    members.number(key);
    members.boolean(key);
    members.strings(key);
  }
}

void check_text(const std::string& original) {
  auto parsed = JsonText::parse(original, {.max_bytes = SIZE_MAX});
  require(std::holds_alternative<JsonText>(parsed), "what the scanner takes, JsonText takes");
  const std::string& text = std::get<JsonText>(parsed).text();
  require(text.find_first_of("\r\n") == std::string::npos, "a value stands on one line");
  require(!check_json(text, {.max_bytes = SIZE_MAX}), "a value can be read again");
  std::string spliced;
  JsonWriter(spliced).begin_object().field("v", std::get<JsonText>(parsed)).end_object();
  require(JsonMembers::of(spliced, {.max_bytes = SIZE_MAX, .max_depth = 101}).find("v") == text,
          "a value can be spliced");
}

}  // namespace

void json_scan(std::string_view bytes) {
  const auto error = check_json(bytes, {.max_bytes = SIZE_MAX});
  if (error) {
    require(error->offset <= bytes.size(), "an error's place is within the text");
    require(is_utf8(error->message), "an error's message is UTF-8");
  }
  const bool too_deep = error && error->message.starts_with("nested deeper");
  if (const auto theirs = nlohmann_accepts(bytes); theirs && !too_deep)
    require(*theirs == !error, "the scanner and nlohmann disagree");
  const JsonMembers members = JsonMembers::of(bytes, {.max_bytes = SIZE_MAX});
  if (error) return require(members.error() && members.all().empty(), "no members where there is an error");
  check_text(std::string(bytes));
  check_members(members);
  for (const std::string_view element : json_elements(bytes))
    require(!check_json(element, {.max_bytes = SIZE_MAX}), "an element's slice is no JSON");
}

}  // namespace tasker::fuzz
