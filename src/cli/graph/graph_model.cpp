#include "cli/graph/graph_model.hpp"

#include <algorithm>

#include "cli/run/plan.hpp"
#include "cli/text/error_text.hpp"
#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

std::optional<Duration> time_of(const WorkflowStep& step, WallTime now) {
  if (step.state == StepState::InProgress && step.started_at) {
    return std::chrono::duration_cast<Duration>(now - *step.started_at);
  }
  if (step.history.empty()) return std::nullopt;
  return step.history.back().report.duration;
}

std::string standing_of(const TaskRecord& record, WallTime now) {
  std::string text(to_string(record.state));
  if (record.started_at) {
    const WallTime end = record.finished_at.value_or(now);
    text += (record.finished_at ? " in " : " for ") +
            human_text(std::chrono::duration_cast<Duration>(end - *record.started_at));
  }
  return text;
}

}  // namespace

Graph graph_of(const TaskTemplate& task_template) {
  Graph graph{task_template.name, task_template.version, "", {}};
  for (const StepTemplate& step : task_template.steps) {
    graph.nodes.push_back({step.name, step.handler.callable, step.type, step.dependencies, {}, 0, {}, ""});
  }
  return graph;
}

Graph graph_of(const TaskRecord& record, WallTime now) {
  const TaskTemplate& made_of = *record.task.task_template;
  Graph graph{made_of.name, made_of.version, standing_of(record, now), {}};
  for (const WorkflowStep& step : record.steps) {
    GraphNode node;
    node.name = step.name;
    if (step.template_index < made_of.steps.size()) {
      node.handler = made_of.steps[step.template_index].handler.callable;
      node.type = made_of.steps[step.template_index].type;
    }
    node.dependencies.assign(step.dependencies.begin(), step.dependencies.end());
    node.state = step.state;
    node.attempts = step.attempts;
    node.time = time_of(step, now);
    node.error = error_headline(step.error);
    graph.nodes.push_back(std::move(node));
  }
  return graph;
}

std::string standing_of(const GraphNode& node) {
  if (!node.state) return "";
  std::string text(to_string(*node.state));
  if (node.time) text += ", " + human_text(*node.time);
  if (node.attempts > 1) text += ", " + std::to_string(node.attempts) + " attempts";
  return text;
}

bool is_ready(const Graph& graph, const GraphNode& node) {
  return node.state == StepState::Pending &&
         std::all_of(node.dependencies.begin(), node.dependencies.end(), [&](const auto index) {
           const auto state = graph.nodes[index].state;
           return state == StepState::Complete || state == StepState::ResolvedManually;
         });
}

std::vector<int> levels_of(const Graph& graph) {
  std::vector<std::vector<std::uint32_t>> dependencies;
  for (const GraphNode& node : graph.nodes) dependencies.push_back(node.dependencies);
  return levels_of(dependencies);
}

std::string graph_json(const TaskRecord& record, const Graph& graph) {
  const auto levels = levels_of(graph);
  const TaskTemplate& made_of = *record.task.task_template;
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", "graph").field("exit_code", 0).field("task_uuid", record.task.uuid.text());
  json.field("namespace", made_of.namespace_name).field("name", made_of.name).field("version", made_of.version);
  json.field("state", to_string(record.state)).key("steps").begin_array();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    json.begin_object().field("name", node.name).field("type", to_string(node.type)).field("handler", node.handler);
    json.key("dependencies").begin_array();
    for (const auto dependency : node.dependencies) json.string(graph.nodes[dependency].name);
    json.end_array().field("level", levels[i]).field("state", to_string(node.state.value_or(StepState::Pending)));
    json.field("attempts", node.attempts);
    node.time ? json.field("duration_ms", milliseconds(*node.time)) : json.null_field("duration_ms");
    json.end_object();
  }
  json.end_array().end_object();
  return out += '\n';
}

}  // namespace tasker::cli
