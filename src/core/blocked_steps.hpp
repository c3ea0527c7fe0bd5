#pragma once

#include <functional>
#include <vector>

#include "core/step_graph.hpp"

namespace tasker {

/// Gives each pending step of an ended task a `blocked` error that names the failed steps it waits for (under
/// `stop_new`, also those it does not depend on). `stands_in_the_way` says of a failed step whether others wait for it.
/// O(V+E).
void explain_blocked(std::vector<WorkflowStep>& steps, const StepGraph& graph,
                     const std::function<bool(StepIndex)>& stands_in_the_way);

}  // namespace tasker
