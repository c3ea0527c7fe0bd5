#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/graph/graph_model.hpp"

namespace tasker::cli {

/// One line of a drawn graph: a step with its lanes, or (`step` < 0) the joints between two steps.
struct LaneRow {
  std::string lanes;
  int step = -1;
};

struct LaneDrawing {
  std::vector<LaneRow> rows;
  std::size_t lanes = 0;  ///< the most there are side by side
};

/// Draws a graph in lanes: each step that some drawn step leads to has one lane, and keeps it until it is drawn
/// itself. Among the steps whose dependencies are all drawn the one in the leftmost lane comes next, so branches are
/// followed to where they meet. Pure.
LaneDrawing draw_lanes(const Graph& graph, bool unicode);

}  // namespace tasker::cli
