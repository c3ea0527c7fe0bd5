#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/rule_run.hpp"
#include "tasker/clock.hpp"
#include "worker/process.hpp"

namespace tasker::io {
class EventLoop;
}

namespace tasker::conformance {

/// What became of one rule.
struct RuleReport {
  const Rule* rule = nullptr;
  Verdict verdict;
  std::vector<std::string> conversation;  ///< of a rule that failed
  std::string stderr_tail;                ///< of a rule that failed: the last the runner wrote there
};

/// What a runner says it has, from its answer to `initialize`.
struct Announced {
  bool greeted = false;                         ///< it has answered `initialize` with a result
  std::set<std::string, std::less<>> handlers;  ///< names and aliases
  std::set<std::string, std::less<>> features;
};
Announced announced_in(std::string_view hello);

/// Why a rule is not played against such a runner; none: it applies. Pure.
std::optional<Verdict> not_played(const Rule& rule, const Announced& announced);

/// The runner that is tried.
struct KitOptions {
  worker::Command command;
  std::vector<std::string> handlers;  ///< paths for `initialize`
  std::vector<std::string> only;      ///< ids of rules; empty: all
  Duration limit{};                   ///< how long one answer may take
};

/// Plays the rules, each with a process of its own, one after another. Throws std::runtime_error when the runner can't
/// be started. Blocks; runs the loop. `on_report` hears of each rule as it is done.
std::vector<RuleReport> play_rules(io::EventLoop& loop, worker::ProcessLauncher& launcher, const KitOptions& options,
                                   const std::function<void(const RuleReport&)>& on_report = {});

}  // namespace tasker::conformance
