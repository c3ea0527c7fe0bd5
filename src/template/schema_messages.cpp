#include "template/schema_messages.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/nearest_name.hpp"
#include "template/node.hpp"

namespace tasker {

namespace {

using Json = nlohmann::json;
using Path = std::vector<std::string>;

std::string value_text(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
  return value.dump();
}

/// valijson's path without its decoration.
Path plain_path(const Path& written) {
  Path out;
  for (const std::string& part : written) {
    if (part.size() >= 2 && part.front() == '[' && part.back() == ']') out.push_back(part.substr(1, part.size() - 2));
  }
  return out;
}

std::string pointer_text(const Path& path) {
  std::string out;
  for (const std::string& part : path) {
    out += '/';
    for (const char c : part) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out.empty() ? "/" : out;
}

const Json* member(const Json& value, const std::string& key) {
  if (value.is_object() && value.contains(key)) return &value.at(key);
  if (!value.is_array() || key.empty() || key.find_first_not_of("0123456789") != std::string::npos) return nullptr;
  const std::size_t index = std::strtoull(key.c_str(), nullptr, 10);
  return index < value.size() ? &value.at(index) : nullptr;
}

const Json* value_at(const Json& root, const Path& path) {
  const Json* value = &root;
  for (const std::string& key : path) {
    if (value = member(*value, key); value == nullptr) return nullptr;
  }
  return value;
}

const Json* resolved(const Json& root, const Json* schema) {
  for (int hops = 0; hops < 100 && schema != nullptr && schema->is_object() && schema->contains("$ref"); ++hops) {
    const Json::json_pointer target(schema->at("$ref").get_ref<const std::string&>().substr(1));
    schema = root.contains(target) ? &root.at(target) : nullptr;
  }
  return schema;
}

/// The schema that speaks about the value at `path`, as far as properties and items alone lead there.
const Json* schema_at(const Json& root, const Path& path) {
  const Json* schema = resolved(root, &root);
  for (const std::string& key : path) {
    if (schema == nullptr || !schema->is_object()) return nullptr;
    const Json* next = nullptr;
    if (schema->contains("properties")) next = member(schema->at("properties"), key);
    if (next == nullptr && schema->contains("items")) {
      next = schema->at("items").is_array() ? member(schema->at("items"), key) : &schema->at("items");
    }
    if (next == nullptr && schema->contains("additionalProperties")) next = &schema->at("additionalProperties");
    schema = resolved(root, next);
  }
  return schema;
}

std::string joined(const Json& values) {
  if (!values.is_array()) return values.is_string() ? values.get<std::string>() : value_text(values);
  std::string out;
  for (std::size_t i = 0; i < values.size() && i < 20; ++i) out += (i == 0 ? "" : ", ") + value_text(values[i]);
  return values.size() > 20 ? out + ", ..." : out;
}

std::string type_text(const Json& types) {
  if (!types.is_array()) return joined(types);
  std::string out;
  for (const Json& type : types) out += (out.empty() ? "" : " or ") + joined(type);
  return out;
}

/// The rule's value when the schema at the path is known to hold that rule.
std::optional<std::string> rule_text(const Json* schema, const char* keyword) {
  if (schema == nullptr || !schema->is_object() || !schema->contains(keyword)) return std::nullopt;
  const Json& rule = schema->at(keyword);
  return std::string_view(keyword) == "type" ? type_text(rule) : joined(rule);
}

/// `10.000000` as `10`.
std::string without_trailing_zeros(std::string text) {
  const std::size_t point = text.rfind('.');
  if (point == std::string::npos || text.find_first_not_of("0123456789", point + 1) != std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string between(const std::string& text, const std::string& before, char after) {
  const std::size_t from = text.find(before) + before.size();
  return text.substr(from, text.rfind(after) - from);
}

/// What only says that something inside has failed.
bool repeats(const std::string& description) {
  static constexpr std::array<std::string_view, 5> kRepeats{
      "Failed to validate against schema associated with", "Failed to validate item #",
      "Failed to validate against child schema #", "Failed to validate against additional properties schema",
      "Failed to validate against a conditional schema"};
  return std::any_of(kRepeats.begin(), kRepeats.end(), [&](auto start) { return description.starts_with(start); });
}

/// The rest of the sentence "<value> must ...", out of valijson's words and the schema.
std::string demand(const std::string& said, const Json* schema) {
  if (said.starts_with("must ")) return said;
  const auto with_rule = [&](const char* keyword, const std::string& lead, const std::string& otherwise) {
    const auto rule = rule_text(schema, keyword);
    return rule ? lead + *rule : otherwise;
  };
  if (said.starts_with("Value type not permitted"))
    return with_rule("type", "must be of type ", "must be of another type");
  if (said.starts_with("Failed to match against any enum")) {
    return with_rule("enum", "must be one of ", "must be one of the listed values");
  }
  if (said.starts_with("Failed to match expected value set by 'const'")) {
    return with_rule("const", "must be ", "must be the expected value");
  }
  if (said.starts_with("Target should not validate")) return "must not fit the schema under \"not\"";
  if (said.find("allowed by anyOf") != std::string::npos) return "must fit a schema under \"anyOf\"";
  if (said.find("allowed by oneOf") != std::string::npos) return "must fit a schema under \"oneOf\"";
  if (said.starts_with("Failed to validate against exactly one")) return "must fit exactly one schema under \"oneOf\"";
  if (said.find("'contains'") != std::string::npos) return "must hold an item that fits \"contains\"";
  if (said.find("violate uniqueness") != std::string::npos) return "must not hold the same item twice";
  struct Opening {
    std::string_view theirs, ours;
  };
  static constexpr std::array<Opening, 9> kOpenings{{{"Expected number less than or equal to ", "must be at most "},
                                                     {"Expected number greater than or equal to ", "must be at least "},
                                                     {"Expected number less than ", "must be less than "},
                                                     {"Expected number greater than ", "must be greater than "},
                                                     {"String should be ", "must be "},
                                                     {"Array should contain ", "must hold "},
                                                     {"Object should have ", "must have "},
                                                     {"Value should be ", "must be "},
                                                     {"Array contains more items", "must not hold more items"}}};
  std::string text = said.ends_with('.') ? said.substr(0, said.size() - 1) : said;
  for (const Opening& opening : kOpenings) {
    if (text.starts_with(opening.theirs)) {
      return without_trailing_zeros(std::string(opening.ours) + text.substr(opening.theirs.size()));
    }
  }
  return "does not fit (" + text + ")";
}

/// Where the failure lies that a repeating complaint is about.
Path place_of(const SchemaMismatch& mismatch) {
  Path path = plain_path(mismatch.path);
  const std::string& said = mismatch.description;
  if (said.find("with property name '") != std::string::npos) path.push_back(between(said, "name '", '\''));
  const std::size_t item = said.find("item #");
  if (item != std::string::npos && said.find("corresponding") == std::string::npos) {  // there it is in the path
    const std::string rest = said.substr(item + 6);
    path.push_back(rest.substr(0, rest.find_first_not_of("0123456789")));
  }
  return path;
}

std::string unwanted_property(const std::string& name, const Json* schema) {
  std::vector<std::string> known;
  if (schema != nullptr && schema->is_object() && schema->contains("properties")) {
    for (const auto& [key, child] : schema->at("properties").items()) known.push_back(key);
  }
  return "the property " + in_quotes(name) + " is not allowed" + did_you_mean(name, known);
}

/// valijson says nothing more about these.
std::string silent_failure(const Path& place, const Json& schema) {
  const Json* rules = schema_at(schema, place);
  if (rules != nullptr && rules->is_boolean()) return pointer_text(place) + ": is not allowed";
  if (rules != nullptr && rules->contains("propertyNames")) {
    return pointer_text(place) + ": has a key that does not fit \"propertyNames\"";
  }
  return pointer_text(place) + ": does not fit its schema";
}

std::string sentence(const SchemaMismatch& mismatch, const Json& schema, const Json& root) {
  const std::string& said = mismatch.description;
  if (repeats(said)) return silent_failure(place_of(mismatch), schema);
  const Path path = plain_path(mismatch.path);
  const std::string start = pointer_text(path) + ": ";
  if (said.starts_with("Missing required property")) {
    return start + "the property " + in_quotes(between(said, "'", '\'')) + " is missing";
  }
  if (said.starts_with("Missing dependency")) {
    return start + "the property " + in_quotes(between(said, "'", '\'')) + " is missing beside another that needs it";
  }
  const Json* rules = schema_at(schema, path);
  if (said.starts_with("Object contains a property")) {
    return start + unwanted_property(between(said, "constraints: '", '\''), rules);
  }
  const Json* value = value_at(root, path);
  const std::string found = value == nullptr || value->is_structured() ? "" : ", not " + value_text(*value);
  const std::string wanted = demand(said, rules);
  if (value != nullptr && value->is_structured() && said.starts_with("Value type")) {
    return start + wanted + ", not " + value_text(*value);
  }
  return start + wanted + found;
}

bool lies_below(const Path& inner, const Path& outer) {
  return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

/// True when `mismatch` says nothing that a complaint about the same place or a deeper one does not say better.
bool told_already(const SchemaMismatch& mismatch, const std::vector<SchemaMismatch>& all) {
  if (!repeats(mismatch.description)) return false;
  const Path place = place_of(mismatch);
  return std::any_of(all.begin(), all.end(), [&](const SchemaMismatch& other) {
    if (&other == &mismatch) return false;
    const Path other_place = place_of(other);
    return lies_below(other_place, place) && (!repeats(other.description) || other_place.size() > place.size());
  });
}

}  // namespace

std::vector<std::string> mismatch_sentences(const std::vector<SchemaMismatch>& mismatches, const Json& schema,
                                            const Json& value) {
  std::vector<std::string> out;
  for (const SchemaMismatch& mismatch : mismatches) {
    if (told_already(mismatch, mismatches)) continue;
    std::string text = sentence(mismatch, schema, value);
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  }
  if (out.empty()) out.push_back("/: the value does not fit the schema");
  return out;
}

}  // namespace tasker
