#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/graph/graph_model.hpp"

namespace tasker::cli {

/// One row of a tree of steps.
struct TreeRow {
  std::string branch;         ///< what is drawn in front of the name
  std::size_t node = 0;       ///< into Graph::nodes; of a folded row the first of them
  std::size_t folded = 0;     ///< 0: a step; else so many steps that are told in one row
  std::string folded_text{};  ///< `38 complete, 2 pending`
};

/// A graph as a tree: each step below the deepest step it waits for. A line of steps goes straight down, branches are
/// indented. Of more than `most` children of one step those that run, wait or failed are shown, the others are told in
/// one row. Pure.
std::vector<TreeRow> step_tree(const Graph& graph, std::size_t most, bool unicode);

}  // namespace tasker::cli
