#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tasker/task.hpp"
#include "tasker/task_template.hpp"

namespace tasker::cli {

/// A step as it is drawn.
struct GraphNode {
  std::string name;
  std::string handler;
  StepType type = StepType::Standard;
  std::vector<std::uint32_t> dependencies;  ///< indexes into Graph::nodes
  std::optional<StepState> state;           ///< none: nothing has run
  std::uint32_t attempts = 0;
  std::optional<Duration> time;  ///< of its last attempt, or so far
  std::string error;             ///< its headline
};

/// A workflow, or a task with what has become of its steps.
struct Graph {
  std::string name;
  std::string version;
  std::string note;  ///< of a task: how it stands
  std::vector<GraphNode> nodes;
};

Graph graph_of(const TaskTemplate& task_template);
Graph graph_of(const TaskRecord& record, WallTime now);

/// `complete, 12 ms, 2 attempts`; empty when nothing has run.
std::string standing_of(const GraphNode& node);

/// Of a task's steps: it has not ended, and nothing keeps it from running.
bool is_ready(const Graph& graph, const GraphNode& node);

/// The level of each node: 1 for those without dependencies, else one more than the highest of theirs.
std::vector<int> levels_of(const Graph& graph);

/// `{"status":"graph","exit_code":0,"namespace":..}` is the plan's; this is the same for a task, each step with its
/// state, attempts and time.
std::string graph_json(const TaskRecord& record, const Graph& graph);

}  // namespace tasker::cli
