#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "cli/graph/graph_model.hpp"
#include "tasker/state.hpp"

namespace tasker::cli {

/// One row of a tree of steps.
struct TreeRow {
  std::string branch;         ///< what is drawn in front of the name
  std::size_t node = 0;       ///< of a folded row the first of them
  std::size_t folded = 0;     ///< 0: a step; else so many steps that are told in one row
  std::string folded_text{};  ///< `38 complete, 2 pending`
};

/// What of a tree is told in one row instead of one each. Steps that run, wait or failed never are.
struct Folding {
  std::size_t most = std::numeric_limits<std::size_t>::max();  ///< of more steps below one step the quiet ones are told
  bool pending = true;                                         ///< also those that have not begun
  bool lines = false;                                          ///< also those that stand one after the other
};

/// Steps as a tree: each step below the deepest step it waits for. A line of steps goes straight down, branches are
/// indented. Pure.
class StepTree {
 public:
  /// `dependencies` of each node, as indexes of nodes.
  explicit StepTree(const std::vector<std::vector<std::uint32_t>>& dependencies);

  std::vector<TreeRow> rows(const std::vector<StepState>& states, const Folding& folding, bool unicode) const;
  /// At most `room` rows, with as little folded as that takes: first what is complete, then what has not begun, at last
  /// what runs.
  std::vector<TreeRow> rows_within(std::size_t room, const std::vector<StepState>& states, bool unicode) const;

 private:
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::size_t> roots_;
  std::vector<std::size_t> parents_first_;  ///< all nodes, each behind the one it stands below
};

/// A graph as a tree; of more than `most` children of one step the quiet ones are told in one row. Pure.
std::vector<TreeRow> step_tree(const Graph& graph, std::size_t most, bool unicode);

}  // namespace tasker::cli
