#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conformance/kit.hpp"

namespace tasker::conformance {

struct Counts {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
};
Counts count(const std::vector<RuleReport>& reports);

/// "43 rules: 40 passed, 1 failed, 2 skipped"
std::string summary(const Counts& counts);

/// `{"runner": [...], "conforms": true, "passed": ..., "rules": [...]}` and a newline.
std::string report_json(const std::vector<std::string>& argv, const std::vector<RuleReport>& reports);

std::string_view to_string(Verdict::Kind kind);
std::string_view to_string(Level level);

}  // namespace tasker::conformance
