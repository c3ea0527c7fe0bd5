#include "template/node_json.hpp"

#include "core/json_writer.hpp"
#include "template/scalar.hpp"

namespace tasker {

JsonText NodeJson::of(const Node& node) {
  if (const auto known = written_.find(&node); known != written_.end()) return known->second;
  std::string out;
  append(out, node);
  return written_.emplace(&node, JsonText::trusted(std::move(out))).first->second;
}

void NodeJson::append(std::string& out, const Node& node) {
  switch (node.kind) {
    case NodeKind::Null:
      out += "null";
      return;
    case NodeKind::Boolean:
      out += (node.text()[0] | 0x20) == 't' ? "true" : "false";
      return;
    case NodeKind::Integer:
    case NodeKind::Float:
      return append_number(out, node);
    case NodeKind::Text:
      return append_json_string(out, node.text());
    case NodeKind::List: {
      out += '[';
      bool first = true;
      for (const Node* item : node.items()) {
        if (!first) out += ',';
        first = false;
        append(out, *item);
      }
      out += ']';
      return;
    }
    case NodeKind::Map: {
      out += '{';
      for (const Entry& entry : node.entries()) {
        if (&entry != &node.entries().front()) out += ',';
        append_json_string(out, entry.key);
        out += ':';
        append(out, *entry.value);
      }
      out += '}';
      return;
    }
  }
}

void NodeJson::append_number(std::string& out, const Node& node) {
  const auto number = json_number(node.text());
  if (!number) problems_.error(node.position, "JSON has no number " + node.text() + "; quote it to pass it as a text");
  out += number.value_or("null");
}

}  // namespace tasker
