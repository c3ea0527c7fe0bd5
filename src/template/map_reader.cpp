#include "template/map_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "template/scalar.hpp"

namespace tasker {

namespace {

/// 3600000 as `3600000`, 0.001 as `0.001`.
std::string number_text(double value) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
  return {buffer, end};
}

std::string range_text(Range range) { return "from " + number_text(range.least) + " to " + number_text(range.most); }

std::optional<double> number_of(const Node& node) {
  if (!node.is_number()) return std::nullopt;
  const auto text = json_number(node.text());
  if (!text) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  return error == std::errc() && end == text->data() + text->size() ? std::optional(value) : std::nullopt;
}

bool inside(std::optional<double> value, Range range) { return value && *value >= range.least && *value <= range.most; }

}  // namespace

std::string described(const Place& place, std::string_view key) {
  std::string out;
  if (place.step != nullptr) out = "step " + in_quotes(*place.step) + ": ";
  out += place.path;
  return out += key;
}

bool is_textual(const Node& node) { return node.is(NodeKind::Text) || node.is_number(); }

MapReader::MapReader(const Node& map, Place place, Problems& problems) : map_(map), place_(place), problems_(problems) {
  known_.reserve(32);
}

const Entry* MapReader::entry(std::string_view key) {
  known_.push_back(key);
  const Entry* found = map_.find(key);
  return found != nullptr && !found->value->is_null() ? found : nullptr;
}

const Entry* MapReader::typed(std::string_view key, bool (*fits)(const Node&), std::string_view wanted) {
  const Entry* found = entry(key);
  if (found == nullptr || fits(*found->value)) return found;
  refuse(*found, wanted);
  return nullptr;
}

std::string MapReader::text(std::string_view key, std::string fallback) {
  const Entry* found = typed(key, is_textual, "a text");
  return found != nullptr ? found->value->text() : fallback;
}

bool MapReader::boolean(std::string_view key, bool fallback) {
  const Entry* found = entry(key);
  if (found == nullptr) return fallback;
  if (!found->value->is(NodeKind::Boolean)) {
    refuse(*found, "true or false");
    return fallback;
  }
  return (found->value->text()[0] | 0x20) == 't';
}

int MapReader::integer(std::string_view key, Range range, int fallback) {
  const Entry* found = entry(key);
  if (found == nullptr) return fallback;
  const auto value = found->value->is(NodeKind::Integer) ? number_of(*found->value) : std::nullopt;
  if (inside(value, range)) return static_cast<int>(*value);
  refuse(*found, "an integer " + range_text(range));
  return fallback;
}

double MapReader::number(std::string_view key, Range range, double fallback) {
  const Entry* found = entry(key);
  if (found == nullptr) return fallback;
  const auto value = number_of(*found->value);
  if (inside(value, range)) return *value;
  refuse(*found, "a number " + range_text(range));
  return fallback;
}

std::optional<std::chrono::milliseconds> MapReader::seconds(std::string_view key, Range range) {
  const Entry* found = entry(key);
  if (found == nullptr) return std::nullopt;
  const auto value = number_of(*found->value);
  if (inside(value, range)) return std::chrono::milliseconds(std::llround(*value * 1000));
  refuse(*found, "a number of seconds " + range_text(range));
  return std::nullopt;
}

const Node* MapReader::map(std::string_view key) {
  const Entry* found = typed(
      key, [](const Node& node) { return node.is(NodeKind::Map); }, "a mapping");
  return found != nullptr ? found->value : nullptr;
}

const Node* MapReader::list(std::string_view key) {
  const Entry* found = typed(
      key, [](const Node& node) { return node.is(NodeKind::List); }, "a list");
  return found != nullptr ? found->value : nullptr;
}

std::vector<const Node*> MapReader::texts(std::string_view key) {
  const Entry* found = entry(key);
  if (found == nullptr) return {};
  if (is_textual(*found->value)) return {found->value};
  if (!found->value->is(NodeKind::List)) {
    refuse(*found, "a list of texts");
    return {};
  }
  std::vector<const Node*> out;
  for (const Node* item : found->value->items()) {
    if (is_textual(*item) && !item->text().empty()) {
      out.push_back(item);
    } else {
      problems_.error(item->position, described(place_, key) + " must hold texts only, not " + described(*item));
    }
  }
  return out;
}

void MapReader::refuse(const Entry& entry, std::string_view wanted) {
  const Node& value = *entry.value;
  std::string message = described(place_, entry.key) + " must be " + std::string(wanted) + ", not " + described(value);
  if (value.is(NodeKind::Text)) {
    static constexpr std::string_view kWords[] = {"yes", "no", "on", "off"};
    std::string word = value.text();
    std::transform(word.begin(), word.end(), word.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    if (std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords)) {
      message += " (YAML 1.2 reads yes, no, on and off as texts)";
    } else if (const NodeKind kind = plain_scalar_kind(value.text());
               kind != NodeKind::Text && kind != NodeKind::Null) {
      message += " (write it without quotes)";
    }
  }
  problems_.error(value.position, std::move(message));
}

void MapReader::refuse_choice(const Entry& entry, const std::vector<std::string>& names) {
  std::string wanted;
  for (std::size_t i = 0; i < names.size(); ++i)
    wanted += (i == 0 ? "" : i + 1 < names.size() ? ", " : " or ") + names[i];
  std::string message = described(place_, entry.key) + " must be " + wanted + ", not " + described(*entry.value);
  if (entry.value->is(NodeKind::Text)) message += problems_.did_you_mean(entry.value->text(), names);
  problems_.error(entry.value->position, std::move(message));
}

void MapReader::ignore(std::initializer_list<std::string_view> keys) {
  known_.insert(known_.end(), keys.begin(), keys.end());
}

void MapReader::finish() {
  for (const Entry& entry : map_.entries()) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    const std::vector<std::string> names(known_.begin(), known_.end());
    std::string where = described(place_, "");
    if (where.ends_with('.')) where.replace(where.size() - 1, 1, ": ");
    problems_.doubtful(entry.position,
                       where + "unknown key " + in_quotes(entry.key) + problems_.did_you_mean(entry.key, names));
  }
}

}  // namespace tasker
