#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/node.hpp"
#include "template/problems.hpp"

namespace tasker {

/// Where a mapping stands, for messages: `step "charge": retry.`. A step's name is put in words only when needed.
struct Place {
  const std::string* step = nullptr;
  std::string_view path;  ///< with its dot
};
std::string described(const Place& place, std::string_view key);

/// The bounds of a number, and what a message calls it.
struct Range {
  double least;
  double most;
};

/// Reads one mapping key by key, checking types and ranges; what is wrong is reported and the fallback used. A null
/// counts as absent. `finish` reports keys that nobody asked for.
class MapReader {
 public:
  MapReader(const Node& map, Place place, Problems& problems);

  /// The entry when it is there and not null.
  const Entry* entry(std::string_view key);
  std::string text(std::string_view key, std::string fallback = {});
  bool boolean(std::string_view key, bool fallback);
  int integer(std::string_view key, Range range, int fallback);
  double number(std::string_view key, Range range, double fallback);
  std::optional<std::chrono::milliseconds> seconds(std::string_view key, Range range);
  const Node* map(std::string_view key);
  const Node* list(std::string_view key);
  /// One text or a list of texts, as their nodes.
  std::vector<const Node*> texts(std::string_view key);
  template <typename Enum>
  Enum choice(std::string_view key, std::optional<Enum> (*parse)(std::string_view), std::vector<std::string> names,
              Enum fallback) {
    const Entry* found = entry(key);
    if (found == nullptr) return fallback;
    const auto value = found->value->is(NodeKind::Text) ? parse(found->value->text()) : std::nullopt;
    if (!value) refuse_choice(*found, names);
    return value.value_or(fallback);
  }

  /// Keys that are known but have no effect here.
  void ignore(std::initializer_list<std::string_view> keys);
  void finish();

  const Place& place() const { return place_; }

 private:
  const Entry* typed(std::string_view key, bool (*fits)(const Node&), std::string_view wanted);
  void refuse(const Entry& entry, std::string_view wanted);
  void refuse_choice(const Entry& entry, const std::vector<std::string>& names);

  const Node& map_;
  Place place_;
  Problems& problems_;
  std::vector<std::string_view> known_;
};

/// Text or a number taken as text (`version: 1.10` keeps its zero).
bool is_textual(const Node& node);

}  // namespace tasker
