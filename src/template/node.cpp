#include "template/node.hpp"

#include "core/json_writer.hpp"

namespace tasker {

namespace {

// Long enough to recognise a value, short enough for one line of a terminal.
constexpr std::size_t kLongestQuote = 80;

/// Cut before the first byte of the character that would not fit.
std::string shortened(std::string_view text) {
  if (text.size() <= kLongestQuote) return std::string(text);
  std::size_t end = kLongestQuote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace

const Entry* Node::find(std::string_view key) const {
  if (kind != NodeKind::Map) return nullptr;
  for (const Entry& entry : entries()) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::string in_quotes(std::string_view text) {
  std::string out;
  append_json_string(out, shortened(text));
  return out;
}

std::string described(const Node& node) {
  switch (node.kind) {
    case NodeKind::Null:
      return "nothing";
    case NodeKind::Boolean:
    case NodeKind::Integer:
    case NodeKind::Float:
      return shortened(node.text());
    case NodeKind::Text:
      return in_quotes(node.text());
    case NodeKind::List:
      return "a list";
    case NodeKind::Map:
      return "a mapping";
  }
  return {};
}

std::string described(SourcePosition position) {
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

}  // namespace tasker
