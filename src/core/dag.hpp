#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tasker/task.hpp"

namespace tasker {

/// Who depends on whom, as flat arrays: built once per template in O(V+E), read without allocation. Indexes are steps
/// of the template. Immutable.
class Dag {
 public:
  /// `dependencies[i]` lists the parents of step i. Expects indexes in range.
  explicit Dag(const std::vector<std::vector<StepIndex>>& dependencies);

  std::size_t size() const { return parents_from_.size() - 1; }
  std::span<const StepIndex> parents(StepIndex step) const { return slice(parents_, parents_from_, step); }
  std::span<const StepIndex> children(StepIndex step) const { return slice(children_, children_from_, step); }

 private:
  static std::span<const StepIndex> slice(const std::vector<StepIndex>& all, const std::vector<std::uint32_t>& from,
                                          StepIndex step) {
    return {all.data() + from[step], all.data() + from[step + 1]};
  }
  std::vector<std::uint32_t> parents_from_;
  std::vector<StepIndex> parents_;
  std::vector<std::uint32_t> children_from_;
  std::vector<StepIndex> children_;
};

/// The graph of a validated template.
Dag dag_of(const TaskTemplate& task_template);

}  // namespace tasker
