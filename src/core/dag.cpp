#include "core/dag.hpp"

#include <algorithm>
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

std::vector<StepIndex> Dag::ancestors(StepIndex step) const {
  std::vector<StepIndex> found(parents(step).begin(), parents(step).end());
  // A small set is cheaper sorted than marked: most steps have few ancestors in a graph that may be large.
  std::vector<StepIndex> queue = found;
  std::sort(found.begin(), found.end());
  while (!queue.empty()) {
    std::vector<StepIndex> fresh;
    for (const StepIndex at : queue) {
      for (const StepIndex parent : parents(at)) {
        if (!std::binary_search(found.begin(), found.end(), parent)) fresh.push_back(parent);
      }
    }
    std::sort(fresh.begin(), fresh.end());
    fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
    const std::size_t middle = found.size();
    found.insert(found.end(), fresh.begin(), fresh.end());
    std::inplace_merge(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(middle), found.end());
    queue = std::move(fresh);
  }
  return found;
}

std::vector<std::uint32_t> Dag::levels() const {
  std::vector<std::uint32_t> level(size(), 0);
  std::vector<std::uint32_t> waiting(size());
  std::vector<StepIndex> queue;
  for (StepIndex step = 0; step < size(); ++step) {
    waiting[step] = static_cast<std::uint32_t>(parents(step).size());
    if (waiting[step] == 0) queue.push_back(step);
  }
  for (std::size_t at = 0; at < queue.size(); ++at) {
    for (const StepIndex child : children(queue[at])) {
      level[child] = std::max(level[child], level[queue[at]] + 1);
      if (--waiting[child] == 0) queue.push_back(child);
    }
  }
  return level;
}

Dag dag_of(const TaskTemplate& task_template) {
  std::vector<std::vector<StepIndex>> dependencies;
  dependencies.reserve(task_template.steps.size());
  for (const StepTemplate& step : task_template.steps) dependencies.push_back(step.dependencies);
  return Dag(dependencies);
}

}  // namespace tasker
