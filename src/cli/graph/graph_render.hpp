#pragma once

#include <string>

#include "cli/graph/graph_model.hpp"
#include "cli/terminal/terminal.hpp"

namespace tasker::cli {

/// A graph for people: a lane per step that is waited for, drawn top to bottom; of a task with its states and times.
/// Graphs with more lanes than the width can hold are listed level by level instead.
std::string graph_ascii(const Graph& graph, const Style& style);

/// A Mermaid flowchart.
std::string graph_mermaid(const Graph& graph);

/// A Graphviz digraph.
std::string graph_dot(const Graph& graph);

/// A drawing of its own, in layers from top to bottom; it needs no other file. All text is escaped.
std::string graph_svg(const Graph& graph);

}  // namespace tasker::cli
