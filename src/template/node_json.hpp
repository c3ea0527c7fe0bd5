#pragma once

#include <unordered_map>

#include "tasker/json_text.hpp"
#include "template/node.hpp"
#include "template/problems.hpp"

namespace tasker {

/// Turns nodes into JSON: keys keep their order, numbers their digits. A node that many steps share (an alias, an
/// override of all steps) is written once.
class NodeJson {
 public:
  explicit NodeJson(Problems& problems) : problems_(problems) {}
  JsonText of(const Node& node);

 private:
  void append(std::string& out, const Node& node);
  void append_number(std::string& out, const Node& node);

  Problems& problems_;
  std::unordered_map<const Node*, JsonText> written_;
};

}  // namespace tasker
