#include "core/step_graph.hpp"

#include <algorithm>
#include <unordered_set>

namespace tasker {

std::vector<StepIndex> ancestors_of(std::span<const WorkflowStep> steps, StepIndex step) {
  // A set, not one mark per step of the graph: most steps of a wide graph have few ancestors.
  std::vector<StepIndex> found = steps[step].dependencies;
  std::unordered_set<StepIndex> seen(found.begin(), found.end());
  for (std::size_t at = 0; at < found.size(); ++at) {
    for (const StepIndex parent : steps[found[at]].dependencies) {
      if (seen.insert(parent).second) found.push_back(parent);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<StepIndex> topological_order(std::span<const WorkflowStep> steps, const StepGraph& graph) {
  std::vector<std::uint32_t> waiting(steps.size());
  std::vector<StepIndex> order;
  order.reserve(steps.size());
  for (StepIndex step = 0; step < steps.size(); ++step) {
    waiting[step] = static_cast<std::uint32_t>(steps[step].dependencies.size());
    if (waiting[step] == 0) order.push_back(step);
  }
  for (std::size_t at = 0; at < order.size(); ++at) {
    graph.each_child(order[at], [&](StepIndex child) {
      // Children that are decided and not on disk yet have no step.
      if (child < steps.size() && --waiting[child] == 0) order.push_back(child);
    });
  }
  return order;
}

}  // namespace tasker
