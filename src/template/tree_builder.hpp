#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "template/node.hpp"
#include "template/problems.hpp"

namespace tasker {

/// What makes reading on pointless.
struct Unreadable {
  SourcePosition position;
  std::string message;
};

/// Builds the tree out of a parser's events and enforces what is ours: duplicate keys, merge keys, depth, the size of
/// what aliases stand for. Knows nothing of YAML's syntax. Throws Unreadable.
class TreeBuilder {
 public:
  using Anchor = std::size_t;  ///< 0: none

  TreeBuilder(const TemplateLimits& limits, Document& document, Problems& problems)
      : limits_(limits), document_(document), problems_(problems) {}

  void scalar(NodeKind kind, SourcePosition position, Anchor anchor, std::string text, bool may_merge = false);
  void alias(SourcePosition position, Anchor anchor);
  void open(NodeKind kind, SourcePosition position, Anchor anchor);
  void close();

  /// True where the next event is a key's value; `last_key` is the place of that key.
  bool expects_value() const { return !open_.empty() && open_.back().key.has_value(); }
  SourcePosition last_key() const { return open_.back().key->position; }
  const Node* root() const { return root_; }

 private:
  /// A node with what it costs when every alias in it is written out.
  struct Sized {
    const Node* node = nullptr;  ///< null: the anchor's own node is still open
    std::size_t nodes = 1;
    std::size_t bytes = 0;
    int height = 1;
  };
  struct Frame {
    NodeKind kind;
    SourcePosition position;
    Anchor anchor;
    std::vector<const Node*> items;
    std::vector<Entry> entries;
    std::vector<std::size_t> merges;  ///< indexes of `<<` in entries
    std::optional<Entry> key;         ///< waits for its value
    bool key_merges = false;
    Sized size;
  };

  void place(const Sized& value, SourcePosition position, bool may_merge);
  void take_key(const Node& node, SourcePosition position, bool may_merge);
  void report_duplicates(const Frame& frame);
  void apply_merges(Frame& frame);
  void merge_from(const Node& source, SourcePosition position, std::vector<Entry>& out,
                  std::unordered_map<std::string_view, bool>& taken);
  void check_depth(std::size_t depth, SourcePosition position) const;

  const TemplateLimits& limits_;
  Document& document_;
  Problems& problems_;
  std::vector<Frame> open_;
  std::unordered_map<Anchor, Sized> anchors_;
  std::size_t nodes_from_aliases_ = 0;
  std::size_t bytes_from_aliases_ = 0;
  const Node* root_ = nullptr;
};

}  // namespace tasker
