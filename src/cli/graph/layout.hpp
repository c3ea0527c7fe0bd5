#pragma once

#include <utility>
#include <vector>

#include "cli/graph/graph_model.hpp"

namespace tasker::cli {

/// Where a drawing's boxes and lines go, in pixels from the top left.
struct Layout {
  struct Box {
    double x = 0;  ///< of its middle
    double y = 0;  ///< of its upper edge
    double width = 0;
  };
  struct Line {
    std::size_t from = 0;
    std::size_t to = 0;
    std::vector<std::pair<double, double>> points;  ///< from box to box, through the gaps between
  };
  std::vector<Box> boxes;  ///< as the graph's nodes
  std::vector<Line> lines;
  double width = 0;
  double height = 0;
};

/// How big things are.
struct LayoutSizes {
  double box_height = 46;
  double gap_x = 28;
  double gap_y = 44;
  double margin = 24;
};

/// Lays a graph out in layers, top down: each node below what it waits for, in an order that keeps lines from crossing,
/// near to what it is connected with. Lines over several layers go through gaps between the boxes, never through a box.
/// `widths` are those of the boxes, in the order of the nodes. Pure.
Layout lay_out(const Graph& graph, const std::vector<double>& widths, const LayoutSizes& sizes);

}  // namespace tasker::cli
