#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/doctor/facts.hpp"

namespace tasker::cli::doctor {

enum class Level { Ok, Warn, Fail };
std::string_view to_string(Level level);

/// One line of the report.
struct Finding {
  std::string area;  ///< "ruby", "store", ...
  Level level = Level::Ok;
  std::string text;
  std::string mend;  ///< what to do about it; empty when all is well
};

/// The judges, one per area. Pure.
std::vector<Finding> judge(const RubyFacts& ruby);
std::vector<Finding> judge(const RunnerFacts& runner);
std::vector<Finding> judge(const HandlerFacts& handlers);
std::vector<Finding> judge(const StoreFacts& store);
std::vector<Finding> judge(const LimitFacts& limits);
std::vector<Finding> judge(const LocaleFacts& locale);
std::vector<Finding> judge(const TerminalFacts& terminal);
std::vector<Finding> judge(const EnvironmentFacts& environment);

/// All of them, in the order of the report.
std::vector<Finding> judge(const Facts& facts);

/// False when anything failed; warnings are no failure.
bool is_well(const std::vector<Finding>& findings);

}  // namespace tasker::cli::doctor
