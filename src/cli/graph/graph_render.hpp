#pragma once

#include <string>

#include "cli/terminal/terminal.hpp"
#include "tasker/task_template.hpp"

namespace tasker::cli {

/// A workflow's graph for people: a lane per step that is waited for, drawn top to bottom. Graphs with more lanes than
/// the width can hold are listed level by level instead.
std::string graph_ascii(const TaskTemplate& task_template, const Style& style);

/// A Mermaid flowchart.
std::string graph_mermaid(const TaskTemplate& task_template);

/// A Graphviz digraph.
std::string graph_dot(const TaskTemplate& task_template);

}  // namespace tasker::cli
