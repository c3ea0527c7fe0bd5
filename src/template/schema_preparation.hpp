#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tasker {

/// The keys under which a prepared schema holds what we check ourselves.
inline constexpr const char* kPatternKey = "tasker:pattern";
inline constexpr const char* kFormatKey = "tasker:format";

/// Why a schema cannot be used.
struct SchemaRefusal {
  std::string message;
};

/// Makes a foreign JSON Schema safe for valijson 1.0, whose patterns and formats run on std::regex (which overflows the
/// stack on a text of 30 kB) and which follows references without end:
/// - `pattern` and `format` move under keys of ours, checked with RE2;
/// - `patternProperties` become `properties` for exactly the keys that the value to check has;
/// - references stay inside the schema, exist, and never lead back without going deeper into the value;
/// - draft 4's boolean exclusive bounds become numbers.
/// Used once. Throws SchemaRefusal.
class SchemaPreparation {
 public:
  SchemaPreparation(nlohmann::json& root, const std::set<std::string>& keys) : root_(root), keys_(keys) {}
  void run();

 private:
  using Json = nlohmann::json;
  struct Found {
    Json* schema;
    std::size_t depth;  ///< in the document: what is inside another schema is deeper
  };

  void explore(Found found);
  void discover(const Found& from, const std::string& keyword, bool in_place);
  void discover_one(const Found& from, Json& schema, std::size_t depth, bool in_place);
  void follow_reference(const Found& from);
  void refuse_endless_references() const;
  void expand_pattern_properties(Json& schema) const;

  Json& root_;
  const std::set<std::string>& keys_;
  std::vector<Found> found_;
  std::unordered_map<const Json*, std::uint32_t> indexes_;  ///< into found_
  std::vector<std::vector<std::uint32_t>> in_place_;        ///< beside found_: schemas that see the same value
  std::set<std::string> targets_;                           ///< of references
};

/// ECMA 262's spelling of a pattern as RE2 writes it. Throws SchemaRefusal when RE2 cannot do it.
std::string re2_pattern(const std::string& pattern);

/// True when RE2 finds the pattern (already spelled for it) in the text.
bool matches(const std::string& re2_pattern, std::string_view text);

}  // namespace tasker
