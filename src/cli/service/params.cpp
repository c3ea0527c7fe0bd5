#include "cli/service/params.hpp"

#include "cli/command_error.hpp"
#include "cli/text/duration.hpp"
#include "core/nearest_name.hpp"

namespace tasker::cli {

namespace {

[[noreturn]] void refuse(std::string_view name, const std::string& expected) {
  throw usage_error("\"" + std::string(name) + "\" must be " + expected);
}

}  // namespace

Params::Params(std::string_view json)
    : members_(JsonMembers::of_checked(json.empty() || json == "null" ? "{}" : json)) {
  if (members_.error()) throw usage_error("the parameters are given by name, as an object");
}

std::optional<std::string_view> Params::find(std::string_view name) {
  known_.emplace_back(name);
  const auto value = members_.find(name);
  return value && *value != "null" ? value : std::nullopt;
}

bool Params::has(std::string_view name) { return find(name).has_value(); }

std::string Params::text(std::string_view name, std::string fallback) {
  const auto value = find(name);
  if (!value) return fallback;
  if (!value->starts_with('"')) refuse(name, "a string");
  std::string read = json_unescape(*value);
  if (read.find('\0') != std::string::npos) refuse(name, "a string without NUL characters");
  return read;
}

std::string Params::required_text(std::string_view name) {
  std::string value = text(name);
  if (value.empty()) throw usage_error("\"" + std::string(name) + "\" is missing: a string");
  return value;
}

bool Params::is_on(std::string_view name, bool fallback) {
  const auto value = find(name);
  if (!value) return fallback;
  if (*value != "true" && *value != "false") refuse(name, "true or false");
  return *value == "true";
}

std::int64_t Params::number(std::string_view name, std::int64_t fallback) {
  if (!find(name)) return fallback;
  const auto value = members_.integer(name);
  if (!value || *value < 0) refuse(name, "a whole number, 0 or more");
  return *value;
}

std::vector<std::string> Params::texts(std::string_view name) {
  const auto value = find(name);
  if (!value) return {};
  std::vector<std::string> out;
  if (!value->starts_with('[')) refuse(name, "an array of strings");
  for (const std::string_view element : json_elements(*value)) {
    if (!element.starts_with('"')) refuse(name, "an array of strings");
    out.push_back(json_unescape(element));
    if (out.back().find('\0') != std::string::npos) refuse(name, "an array of strings without NUL characters");
  }
  return out;
}

std::string Params::object(std::string_view name) {
  const auto value = find(name);
  if (value && !value->starts_with('{')) refuse(name, "an object");
  return std::string(value.value_or("{}"));
}

std::optional<std::chrono::milliseconds> Params::duration(std::string_view name) {
  const auto value = find(name);
  if (!value) return std::nullopt;
  const auto read = parse_duration(value->starts_with('"') ? json_unescape(*value) : std::string(*value));
  if (!read || read->count() == 0) refuse(name, "a duration: " + std::string(kDurationForms));
  return read;
}

void Params::finish() const {
  for (const auto& member : members_.all()) {
    const std::string name = json_unescape('"' + std::string(member.key) + '"');
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    throw usage_error("there is no parameter \"" + name + "\"" + did_you_mean(name, known_));
  }
}

}  // namespace tasker::cli
