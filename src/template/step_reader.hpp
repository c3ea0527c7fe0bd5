#pragma once

#include <vector>

#include "template/map_reader.hpp"
#include "template/node_json.hpp"

namespace tasker {

/// A step as read, its dependencies still names.
struct ReadStep {
  StepTemplate step;
  std::vector<const Node*> dependency_names;
  std::vector<SourcePosition> dependency_positions;  ///< beside step.dependencies, once linked
};

/// What the template says for all its steps.
struct StepDefaults {
  std::string system_dependency;
};

/// Reads one step written in today's words. What is wrong is reported; the step is usable only without errors.
ReadStep read_step(const Node& node, const StepDefaults& defaults, NodeJson& json, Problems& problems);

/// How long an attempt or a task may take, in seconds.
inline constexpr Range kTimeoutRange{0.001, 2'592'000};

}  // namespace tasker
