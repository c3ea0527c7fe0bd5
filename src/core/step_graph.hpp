#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "tasker/task.hpp"

namespace tasker {

/// Who waits for whom in one task, growing while it runs: each step knows its children, as a list of edges in two flat
/// arrays, so a step costs O(its dependencies) to add, whoever they are.
class StepGraph {
 public:
  std::size_t size() const { return first_.size(); }

  /// Room for so many of each, and no more, before the first.
  void reserve(std::size_t steps, std::size_t edges) {
    first_.reserve(steps);
    last_.reserve(steps);
    next_.reserve(edges);
    child_.reserve(edges);
  }

  /// Adds a step without edges; it takes the next place.
  void add_step() {
    first_.push_back(kNone);
    last_.push_back(kNone);
  }
  void add_edge(StepIndex parent, StepIndex child) {
    const auto edge = static_cast<std::uint32_t>(child_.size());
    child_.push_back(child);
    next_.push_back(kNone);
    (last_[parent] == kNone ? first_[parent] : next_[last_[parent]]) = edge;
    last_[parent] = edge;
  }

  /// Calls `function(child)` for each child, in the order they were added. `function` adds no edges.
  template <typename Function>
  void each_child(StepIndex parent, Function&& function) const {
    for (std::uint32_t edge = first_[parent]; edge != kNone; edge = next_[edge]) function(child_[edge]);
  }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> first_, last_;  ///< edges of a step
  std::vector<std::uint32_t> next_;          ///< edge after an edge
  std::vector<StepIndex> child_;
};

/// All ancestors of a step, ascending. O(ancestors and their edges).
std::vector<StepIndex> ancestors_of(std::span<const WorkflowStep> steps, StepIndex step);

/// All steps, each after those it depends on. O(V+E).
std::vector<StepIndex> topological_order(std::span<const WorkflowStep> steps, const StepGraph& graph);

}  // namespace tasker
