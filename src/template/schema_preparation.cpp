#include "template/schema_preparation.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "template/graph.hpp"
#include "template/node.hpp"

namespace tasker {

namespace {

using Json = nlohmann::json;

// valijson follows a chain of references by recursion, some kilobytes of stack for each.
constexpr std::size_t kMostTargets = 200;

/// `exclusiveMinimum: true` beside `minimum: 5` is draft 4 for `exclusiveMinimum: 5`.
void make_bound_numeric(Json& schema, const char* exclusive, const char* bound) {
  const auto found = schema.find(exclusive);
  if (found == schema.end() || !found->is_boolean()) return;
  const bool excludes = found->get<bool>();
  schema.erase(found);
  if (!excludes || !schema.contains(bound)) return;
  schema[exclusive] = schema[bound];
  schema.erase(bound);
}

/// Moves a keyword to where valijson does not see it; only texts mean something there.
void move_keyword(Json& schema, const char* from, const char* to) {
  schema.erase(to);
  const auto found = schema.find(from);
  if (found == schema.end()) return;
  if (!found->is_string()) throw SchemaRefusal{"\"" + std::string(from) + "\" must be a text"};
  schema[to] = std::move(*found);
  schema.erase(from);
}

void rewrite_keywords(Json& schema) {
  move_keyword(schema, "pattern", kPatternKey);
  move_keyword(schema, "format", kFormatKey);
  if (const auto pattern = schema.find(kPatternKey); pattern != schema.end()) {
    *pattern = re2_pattern(pattern->get<std::string>());
  }
  make_bound_numeric(schema, "exclusiveMinimum", "minimum");
  make_bound_numeric(schema, "exclusiveMaximum", "maximum");
  schema.erase("$id");  // references are local: a base would only lead away
  if (schema.contains("id") && schema["id"].is_string()) schema.erase("id");
}

}  // namespace

void SchemaPreparation::run() {
  discover_one({nullptr, 0}, root_, 0, false);
  for (std::size_t next = 0; next < found_.size(); ++next) explore(found_[next]);
  refuse_endless_references();
  std::vector<Found> deepest_first = found_;
  std::stable_sort(deepest_first.begin(), deepest_first.end(),
                   [](const Found& a, const Found& b) { return a.depth > b.depth; });
  for (const Found& found : deepest_first) rewrite_keywords(*found.schema);
  for (const Found& found : deepest_first) expand_pattern_properties(*found.schema);
}

void SchemaPreparation::explore(Found found) {
  if (found.schema->contains("$ref")) return follow_reference(found);
  for (const char* keyword : {"if", "then", "else", "not", "allOf", "anyOf", "oneOf", "dependencies"}) {
    discover(found, keyword, true);
  }
  for (const char* keyword : {"additionalItems", "additionalProperties", "contains", "items", "propertyNames",
                              "definitions", "$defs", "properties", "patternProperties"}) {
    discover(found, keyword, false);
  }
}

/// A keyword holds a schema, a list of them, or named ones.
void SchemaPreparation::discover(const Found& from, const std::string& keyword, bool in_place) {
  const auto value = from.schema->find(keyword);
  if (value == from.schema->end()) return;
  static const std::set<std::string> kNamed{"definitions", "$defs", "properties", "patternProperties", "dependencies"};
  if (value->is_array() || (kNamed.contains(keyword) && value->is_object())) {
    for (Json& child : *value) discover_one(from, child, from.depth + 2, in_place);
  } else {
    discover_one(from, *value, from.depth + 1, in_place);
  }
}

void SchemaPreparation::discover_one(const Found& from, Json& schema, std::size_t depth, bool in_place) {
  if (!schema.is_object()) return;  // true, false, names of a dependency; the parser judges the rest
  const auto [known, added] = indexes_.emplace(&schema, static_cast<std::uint32_t>(found_.size()));
  if (added) {
    found_.push_back({&schema, depth});
    in_place_.emplace_back();
  }
  if (in_place) in_place_[indexes_.at(from.schema)].push_back(known->second);
}

void SchemaPreparation::follow_reference(const Found& from) {
  const Json& reference = from.schema->at("$ref");
  if (!reference.is_string()) throw SchemaRefusal{"\"$ref\" must be a text"};
  const std::string& target = reference.get_ref<const std::string&>();
  if (targets_.insert(target).second && targets_.size() > kMostTargets) {
    throw SchemaRefusal{"its references have more than " + std::to_string(kMostTargets) + " targets"};
  }
  if (!target.starts_with('#')) {
    throw SchemaRefusal{"the reference " + in_quotes(target) + " leads out of the schema; only \"#/...\" is supported"};
  }
  try {
    const Json::json_pointer pointer(target.substr(1));
    const auto depth = static_cast<std::size_t>(std::count(target.begin(), target.end(), '/'));
    discover_one(from, root_.at(pointer), depth, true);
  } catch (const Json::exception&) {
    throw SchemaRefusal{"the reference " + in_quotes(target) + " points nowhere"};
  }
}

void SchemaPreparation::refuse_endless_references() const {
  const auto endless = [] { throw SchemaRefusal{"a schema refers to itself for the same value, which never ends"}; };
  for (std::uint32_t i = 0; i < in_place_.size(); ++i) {
    if (std::find(in_place_[i].begin(), in_place_[i].end(), i) != in_place_[i].end()) endless();
  }
  if (!find_cycles(in_place_).empty()) endless();
}

void SchemaPreparation::expand_pattern_properties(Json& schema) const {
  const auto found = schema.find("patternProperties");
  if (found == schema.end()) return;
  if (!found->is_object()) throw SchemaRefusal{"\"patternProperties\" must be a mapping"};
  const Json by_pattern = std::move(*found);
  schema.erase(found);
  const auto declared = schema.find("properties");
  Json properties = declared != schema.end() && declared->is_object() ? *declared : Json::object();
  for (const auto& [pattern, child] : by_pattern.items()) {
    const std::string spelled = re2_pattern(pattern);
    for (const std::string& key : keys_) {
      if (!matches(spelled, key)) continue;
      Json all = Json::array({child});
      if (properties.contains(key)) all.push_back(properties[key]);
      properties[key] = Json::object({{"allOf", std::move(all)}});
    }
  }
  schema["properties"] = std::move(properties);
}

}  // namespace tasker
