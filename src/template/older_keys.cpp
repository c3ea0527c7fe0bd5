#include "template/older_keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "template/map_reader.hpp"

namespace tasker {

namespace {

/// `from` is written today as `parent.key`, or as `key` on the same level.
struct OlderKey {
  std::string_view from, parent, key;
};

constexpr std::array<OlderKey, 11> kOlderStepKeys{{
    {"step_type", "", "type"},
    {"handler_class", "handler", "callable"},
    {"handler_config", "handler", "initialization"},
    {"depends_on", "", "dependencies"},
    {"depends_on_step", "", "dependencies"},
    {"depends_on_steps", "", "dependencies"},
    {"default_retryable", "retry", "retryable"},
    {"default_retry_limit", "retry", "max_attempts"},
    {"retry_backoff", "retry", "backoff"},
    {"dependent_system", "", "system_dependency"},
    {"custom_events", "", "publishes_events"},
}};

constexpr std::array<OlderKey, 1> kOlderTemplateKeys{{{"step_templates", "", "steps"}}};

template <std::size_t N>
const OlderKey* find_older(const std::array<OlderKey, N>& keys, std::string_view name) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const OlderKey& key) { return key.from == name; });
  return found == keys.end() ? nullptr : &*found;
}

Entry* find_entry(std::vector<Entry>& entries, std::string_view key) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

/// Rewrites one mapping. Entries that are today's already are taken first, so that an older key meets them.
class Translation {
 public:
  Translation(Document& document, Problems& problems) : document_(document), problems_(problems) {}

  void keep(const Entry& entry) { entries_.push_back(entry); }

  void move(const Entry& entry, const OlderKey& older) {
    if (entry.value->is_null()) return;
    if (older.key == "dependencies") return add_dependencies(entry);
    const Node* parent = nullptr;
    if (!older.parent.empty() && !(parent = parent_of(older.parent, entry))) return;  // its type is reported later
    std::vector<Entry> children = parent != nullptr ? parent->entries() : std::vector<Entry>();
    std::vector<Entry>& target = parent != nullptr ? children : entries_;
    for (Entry& translated : older.from == "retry_backoff" ? backoff_entries(entry) : renamed(entry, older.key)) {
      insert(target, std::move(translated), entry.key, older.parent);
    }
    if (parent != nullptr) replace(older.parent, document_.map(parent->position, std::move(children)));
  }

  const Node* finish(SourcePosition position) { return document_.map(position, std::move(entries_)); }

 private:
  static std::vector<Entry> renamed(const Entry& entry, std::string_view key) {
    return {{std::string(key), entry.position, entry.value}};
  }

  /// The mapping under `key`, made when it is missing; null when something else stands there.
  const Node* parent_of(std::string_view key, const Entry& for_entry) {
    Entry* found = find_entry(entries_, key);
    if (found == nullptr) {
      entries_.push_back({std::string(key), for_entry.position, document_.map(for_entry.position, {})});
      return entries_.back().value;
    }
    if (found->value->is_null()) found->value = document_.map(for_entry.position, {});
    return found->value->is(NodeKind::Map) ? found->value : nullptr;
  }

  void replace(std::string_view key, const Node* value) { find_entry(entries_, key)->value = value; }

  void insert(std::vector<Entry>& target, Entry entry, std::string_view written, std::string_view parent) {
    Entry* known = find_entry(target, entry.key);
    if (known == nullptr) {
      target.push_back(std::move(entry));
    } else if (known->value->is_null()) {
      *known = std::move(entry);
    } else {
      const std::string modern = parent.empty() ? entry.key : std::string(parent) + "." + entry.key;
      problems_.error(entry.position, in_quotes(written) + " says the same as " + in_quotes(modern) + " at " +
                                          described(known->position) + "; keep one of them");
    }
  }

  void add_dependencies(const Entry& entry) {
    Entry* known = find_entry(entries_, "dependencies");
    if (known == nullptr) {
      entries_.push_back({"dependencies", entry.position, entry.value});
      return;
    }
    std::vector<const Node*> items;
    for (const Node* part : {known->value, entry.value}) {
      if (part->is(NodeKind::List)) {
        items.insert(items.end(), part->items().begin(), part->items().end());
      } else if (!part->is_null()) {
        items.push_back(part);
      }
    }
    known->value = document_.list(known->value->position, std::move(items));
  }

  /// `retry_backoff {initial_delay, max_delay, multiplier, jitter}`, in seconds.
  std::vector<Entry> backoff_entries(const Entry& entry) {
    std::vector<Entry> out;
    if (!entry.value->is(NodeKind::Map)) {
      problems_.error(entry.value->position, "retry_backoff must be a mapping, not " + described(*entry.value));
      return out;
    }
    MapReader reader(*entry.value, {nullptr, "retry_backoff."}, problems_);
    add_milliseconds(reader, "initial_delay", {0, 3'600}, "backoff_base_ms", out);
    add_milliseconds(reader, "max_delay", {0, 86'400}, "max_backoff_ms", out);
    add_multiplier(reader, out);
    if (const Entry* jitter = reader.entry("jitter")) out.push_back({"jitter", jitter->position, jitter->value});
    reader.finish();
    return out;
  }

  void add_milliseconds(MapReader& reader, std::string_view from, Range range, std::string_view to,
                        std::vector<Entry>& out) {
    const Entry* written = reader.entry(from);
    const auto value = reader.seconds(from, range);
    if (!value) return;
    out.push_back({std::string(to), written->position,
                   document_.scalar(NodeKind::Integer, written->value->position, std::to_string(value->count()))});
  }

  void add_multiplier(MapReader& reader, std::vector<Entry>& out) {
    const Entry* written = reader.entry("multiplier");
    if (written == nullptr) return;
    const double multiplier = reader.number("multiplier", {1, 1'000}, 2);
    if (multiplier != 1 && multiplier != 2) {
      problems_.warning(written->value->position, "retry_backoff.multiplier: " + described(*written->value) +
                                                      " is taken as 2; waits stay the same (1) or double (2)");
    }
    out.push_back(
        {"backoff", written->position,
         document_.scalar(NodeKind::Text, written->value->position, multiplier == 1 ? "constant" : "exponential")});
  }

  Document& document_;
  Problems& problems_;
  std::vector<Entry> entries_;
};

template <std::size_t N>
const Node* translate(const Node& map, const std::array<OlderKey, N>& keys, Document& document, Problems& problems) {
  const auto older = [&](const Entry& entry) { return find_older(keys, entry.key); };
  if (!map.is(NodeKind::Map) || std::none_of(map.entries().begin(), map.entries().end(), older)) return &map;
  Translation translation(document, problems);
  for (const Entry& entry : map.entries()) {
    if (!older(entry)) translation.keep(entry);
  }
  for (const Entry& entry : map.entries()) {
    if (const OlderKey* key = older(entry)) translation.move(entry, *key);
  }
  return translation.finish(map.position);
}

/// `handler: Some::Class` is short for `handler: {callable: Some::Class}`.
const Node* expand_handler(const Node& step, Document& document) {
  const Entry* handler = step.find("handler");
  if (handler == nullptr || !handler->value->is(NodeKind::Text)) return &step;
  std::vector<Entry> entries = step.entries();
  find_entry(entries, "handler")->value =
      document.map(handler->value->position, {{"callable", handler->position, handler->value}});
  return document.map(step.position, std::move(entries));
}

}  // namespace

const Node* translate_template(const Node& root, Document& document, Problems& problems) {
  return translate(root, kOlderTemplateKeys, document, problems);
}

const Node* translate_step(const Node& step, Document& document, Problems& problems) {
  return translate(*expand_handler(step, document), kOlderStepKeys, document, problems);
}

}  // namespace tasker
