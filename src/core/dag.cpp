#include "core/dag.hpp"

#include <numeric>

namespace tasker {

Dag::Dag(const std::vector<std::vector<StepIndex>>& dependencies) {
  const std::size_t count = dependencies.size();
  parents_from_.assign(count + 1, 0);
  children_from_.assign(count + 1, 0);
  for (std::size_t step = 0; step < count; ++step) {
    parents_from_[step + 1] = parents_from_[step] + static_cast<std::uint32_t>(dependencies[step].size());
    parents_.insert(parents_.end(), dependencies[step].begin(), dependencies[step].end());
    for (const StepIndex parent : dependencies[step]) ++children_from_[parent + 1];
  }
  std::partial_sum(children_from_.begin(), children_from_.end(), children_from_.begin());
  children_.resize(parents_.size());
  std::vector<std::uint32_t> next(children_from_.begin(), children_from_.end() - 1);
  for (std::size_t step = 0; step < count; ++step) {
    for (const StepIndex parent : dependencies[step]) children_[next[parent]++] = static_cast<StepIndex>(step);
  }
}

Dag dag_of(const TaskTemplate& task_template) {
  std::vector<std::vector<StepIndex>> dependencies;
  dependencies.reserve(task_template.steps.size());
  for (const StepTemplate& step : task_template.steps) dependencies.push_back(step.dependencies);
  return Dag(dependencies);
}

}  // namespace tasker
