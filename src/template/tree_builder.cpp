#include "template/tree_builder.hpp"

#include "core/size_text.hpp"
#include "template/source_text.hpp"

namespace tasker {

void TreeBuilder::scalar(NodeKind kind, SourcePosition position, Anchor anchor, std::string text, bool may_merge) {
  const std::size_t bytes = text.size();
  const Sized value{document_.scalar(kind, position, std::move(text)), 1, bytes, 1};
  if (anchor != 0) anchors_[anchor] = value;
  place(value, position, may_merge);
}

void TreeBuilder::alias(SourcePosition position, Anchor anchor) {
  const Sized target = anchors_[anchor];
  if (target.node == nullptr) throw Unreadable{position, "this alias stands inside the value it names"};
  nodes_from_aliases_ += target.nodes;
  bytes_from_aliases_ += target.bytes;
  if (nodes_from_aliases_ > limits_.max_nodes_from_aliases) {
    throw Unreadable{position,
                     "aliases expand to more than " + std::to_string(limits_.max_nodes_from_aliases) + " values"};
  }
  if (bytes_from_aliases_ > limits_.max_bytes) {
    throw Unreadable{position, "aliases expand to more than " + size_text(limits_.max_bytes)};
  }
  check_depth(open_.size() + static_cast<std::size_t>(target.height), position);
  place(target, position, false);
}

void TreeBuilder::open(NodeKind kind, SourcePosition position, Anchor anchor) {
  if (!open_.empty() && open_.back().kind == NodeKind::Map && !open_.back().key) {
    throw Unreadable{position, "a key must be a text, not a list or a mapping (or a bracket is never closed)"};
  }
  check_depth(open_.size() + 1, position);
  if (anchor != 0) anchors_[anchor] = Sized{};
  open_.push_back({kind, position, anchor, {}, {}, {}, std::nullopt, false, {}});
}

void TreeBuilder::close() {
  Frame frame = std::move(open_.back());
  open_.pop_back();
  if (frame.kind == NodeKind::Map) {
    report_duplicates(frame);
    if (!frame.merges.empty()) apply_merges(frame);
    frame.size.node = document_.map(frame.position, std::move(frame.entries));
  } else {
    frame.size.node = document_.list(frame.position, std::move(frame.items));
  }
  if (frame.anchor != 0) anchors_[frame.anchor] = frame.size;
  place(frame.size, frame.position, false);
}

void TreeBuilder::place(const Sized& value, SourcePosition position, bool may_merge) {
  if (open_.empty()) {
    root_ = value.node;
    return;
  }
  Frame& parent = open_.back();
  parent.size.nodes += value.nodes;
  parent.size.bytes += value.bytes;
  parent.size.height = std::max(parent.size.height, value.height + 1);
  if (parent.kind == NodeKind::List) {
    parent.items.push_back(value.node);
  } else if (!parent.key) {
    take_key(*value.node, position, may_merge);
  } else {
    if (parent.key_merges) parent.merges.push_back(parent.entries.size());
    parent.key->value = value.node;
    parent.entries.push_back(std::move(*parent.key));
    parent.key.reset();
  }
}

void TreeBuilder::take_key(const Node& node, SourcePosition position, bool may_merge) {
  if (node.is(NodeKind::List) || node.is(NodeKind::Map) || node.is_null()) {
    throw Unreadable{position, "a key must be a text, not " + described(node)};
  }
  open_.back().key = Entry{node.text(), position, nullptr};
  open_.back().key_merges = may_merge && node.text() == "<<";
}

void TreeBuilder::report_duplicates(const Frame& frame) {
  const auto report = [&](const Entry& again, const Entry& first) {
    problems_.error(again.position, "duplicate key " + in_quotes(again.key) + ": it stands at " +
                                        described(first.position) + " already");
  };
  constexpr std::size_t kSmall = 16;  // comparing beats hashing there, and nearly every mapping is that small
  if (frame.entries.size() <= kSmall) {
    for (std::size_t i = 1; i < frame.entries.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (frame.entries[i].key != frame.entries[j].key) continue;
        report(frame.entries[i], frame.entries[j]);
        break;
      }
    }
    return;
  }
  std::unordered_map<std::string_view, const Entry*> seen;
  for (const Entry& entry : frame.entries) {
    const auto [first, added] = seen.emplace(entry.key, &entry);
    if (!added) report(entry, *first->second);
  }
}

/// The mapping's own keys win wherever they stand; among several merged mappings the first one wins.
void TreeBuilder::apply_merges(Frame& frame) {
  std::unordered_map<std::string_view, bool> taken;
  for (const Entry& entry : frame.entries) taken.emplace(entry.key, true);
  std::vector<Entry> out;
  std::size_t next_merge = 0;
  for (std::size_t i = 0; i < frame.entries.size(); ++i) {
    if (next_merge == frame.merges.size() || frame.merges[next_merge] != i) {
      out.push_back(frame.entries[i]);
      continue;
    }
    ++next_merge;
    const Node& source = *frame.entries[i].value;
    if (source.is(NodeKind::List)) {
      for (const Node* item : source.items()) merge_from(*item, frame.entries[i].position, out, taken);
    } else {
      merge_from(source, frame.entries[i].position, out, taken);
    }
  }
  frame.entries = std::move(out);
}

void TreeBuilder::merge_from(const Node& source, SourcePosition position, std::vector<Entry>& out,
                             std::unordered_map<std::string_view, bool>& taken) {
  if (!source.is(NodeKind::Map)) {
    problems_.error(position, "\"<<\" merges a mapping or a list of mappings, not " + described(source));
    return;
  }
  for (const Entry& entry : source.entries()) {
    if (taken.emplace(entry.key, true).second) out.push_back(entry);
  }
}

void TreeBuilder::check_depth(std::size_t depth, SourcePosition position) const {
  if (depth <= static_cast<std::size_t>(limits_.max_depth)) return;
  throw Unreadable{position, "nested more than " + std::to_string(limits_.max_depth) + " levels deep"};
}

}  // namespace tasker
