#include "conformance/rule.hpp"

namespace tasker::conformance {

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = [] {
    std::vector<Rule> out;
    for (const auto chapter : {handshake_rules, wire_rules, step_rules, result_rules, cancel_rules, end_rules}) {
      for (Rule& rule : chapter()) out.push_back(std::move(rule));
    }
    return out;
  }();
  return all;
}

}  // namespace tasker::conformance
