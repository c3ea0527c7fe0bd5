#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tasker/task_template.hpp"

namespace tasker {

enum class NodeKind : std::uint8_t { Null, Boolean, Integer, Float, Text, List, Map };

struct Node;

/// `key: value` of a mapping, with the place of the key.
struct Entry {
  std::string key;
  SourcePosition position;
  const Node* value;
};

/// One value of a YAML or JSON document: immutable, owned by its Document, shared by all aliases of it.
struct Node {
  NodeKind kind = NodeKind::Null;
  SourcePosition position;
  /// A scalar's text as it was written (escapes undone), the items of a list, or the entries of a mapping.
  std::variant<std::string, std::vector<const Node*>, std::vector<Entry>> content;

  const std::string& text() const { return std::get<std::string>(content); }
  const std::vector<const Node*>& items() const { return std::get<std::vector<const Node*>>(content); }
  const std::vector<Entry>& entries() const { return std::get<std::vector<Entry>>(content); }

  bool is(NodeKind wanted) const { return kind == wanted; }
  bool is_null() const { return kind == NodeKind::Null; }
  bool is_number() const { return kind == NodeKind::Integer || kind == NodeKind::Float; }

  /// The entry of that key when this is a mapping that has one.
  const Entry* find(std::string_view key) const;
};

/// Owns the nodes of one file and of what is derived from it. Nodes keep their addresses. One thread at a time.
class Document {
 public:
  const Node* add(Node node) { return &nodes_.emplace_back(std::move(node)); }
  const Node* map(SourcePosition position, std::vector<Entry> entries) {
    return add({NodeKind::Map, position, std::move(entries)});
  }
  const Node* list(SourcePosition position, std::vector<const Node*> items) {
    return add({NodeKind::List, position, std::move(items)});
  }
  const Node* scalar(NodeKind kind, SourcePosition position, std::string text) {
    return add({kind, position, std::move(text)});
  }

 private:
  std::deque<Node> nodes_;
};

/// What stands there, for messages: `"text"`, `3.5`, `true`, `nothing`, `a list`, `a mapping`. Long texts are cut.
std::string described(const Node& node);

/// A text between quotes for messages, cut when it is long, control characters escaped.
std::string in_quotes(std::string_view text);

/// `line 3, column 5`.
std::string described(SourcePosition position);

}  // namespace tasker
