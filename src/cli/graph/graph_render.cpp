#include "cli/graph/graph_render.hpp"

#include <algorithm>

#include "cli/graph/lane_graph.hpp"
#include "cli/run/plan.hpp"
#include "cli/terminal/text_width.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kMostSteps = 2000;  ///< drawn in lanes; nobody reads more, and lanes cost their square

std::string step_note(const StepTemplate& step) {
  std::string note = one_line(step.handler.callable);
  if (step.type != StepType::Standard) note += " (" + std::string(to_string(step.type)) + ")";
  return note;
}

std::string mermaid_text(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) {
    // Entity codes are Mermaid's only escape; # itself begins one.
    switch (c) {
      case '"':
        out += "#quot;";
        break;
      case '#':
        out += "#35;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      case '&':
        out += "#amp;";
        break;
      case '`':
        out += "#96;";  // a label that begins with one would be read as Markdown
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string dot_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : one_line(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string mermaid_node(std::size_t index, const StepTemplate& step) {
  const std::string id = "s" + std::to_string(index);
  const std::string label = "\"" + mermaid_text(step.name) + "\"";
  switch (step.type) {
    case StepType::Decision:
      return id + "{" + label + "}";
    case StepType::Batchable:
    case StepType::BatchWorker:
      return id + "[[" + label + "]]";
    default:
      return id + "[" + label + "]";
  }
}

/// An edge that exists only when its decision says so.
bool maybe(const TaskTemplate& task_template, std::uint32_t from) {
  return task_template.steps[from].type == StepType::Decision;
}

}  // namespace

std::string graph_ascii(const TaskTemplate& task_template, const Style& style) {
  if (task_template.steps.size() > kMostSteps) return plan_text(task_template, style);
  const LaneDrawing drawing = draw_lanes(task_template, style.unicode);
  if (4 + 2 * drawing.lanes > static_cast<std::size_t>(style.width) / 2) return plan_text(task_template, style);

  std::size_t names = 0;
  for (const StepTemplate& step : task_template.steps) names = std::max(names, display_width(one_line(step.name)));
  std::string out = style.bold(one_line(task_template.name)) +
                    style.dim(" " + one_line(task_template.version) + ", " + plan_size(task_template)) + "\n\n";
  const auto width = static_cast<std::size_t>(style.width);
  for (const LaneRow& row : drawing.rows) {
    std::string lanes = row.lanes;
    if (row.step < 0) {
      while (lanes.ends_with(' ')) lanes.pop_back();
      out += "  " + style.cyan(lanes) + "\n";
      continue;
    }
    const StepTemplate& step = task_template.steps[static_cast<std::size_t>(row.step)];
    const std::size_t head = 2 + 2 * drawing.lanes + 1;
    const std::size_t name = std::min(names, width - head > 30 ? (width - head) * 3 / 5 : width - head);
    const std::size_t used = head + name + 2;
    out += "  " + style.cyan(fit_left(lanes, 2 * drawing.lanes)) + " " + fit_left(one_line(step.name), name);
    if (used + 8 < width) out += "  " + style.dim(cut(step_note(step), width - used));
    while (out.ends_with(' ')) out.pop_back();
    out += "\n";
  }
  return out;
}

std::string graph_mermaid(const TaskTemplate& task_template) {
  std::string out = "---\ntitle: " + dot_text(task_template.name) + "\n---\nflowchart TD\n";
  for (std::size_t i = 0; i < task_template.steps.size(); ++i) {
    out += "  " + mermaid_node(i, task_template.steps[i]) + "\n";
  }
  for (std::size_t i = 0; i < task_template.steps.size(); ++i) {
    for (const auto from : task_template.steps[i].dependencies) {
      out +=
          "  s" + std::to_string(from) + (maybe(task_template, from) ? " -.-> s" : " --> s") + std::to_string(i) + "\n";
    }
  }
  return out;
}

std::string graph_dot(const TaskTemplate& task_template) {
  std::string out = "digraph " + dot_text(task_template.name) + " {\n  rankdir=TB;\n";
  out += "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
  for (const StepTemplate& step : task_template.steps) {
    out += "  " + dot_text(step.name);
    if (step.type == StepType::Decision) out += " [shape=diamond, style=solid]";
    if (step.type == StepType::Batchable || step.type == StepType::BatchWorker) out += " [peripheries=2]";
    out += ";\n";
  }
  for (const StepTemplate& step : task_template.steps) {
    for (const auto from : step.dependencies) {
      out += "  " + dot_text(task_template.steps[from].name) + " -> " + dot_text(step.name);
      out += maybe(task_template, from) ? " [style=dashed];\n" : ";\n";
    }
  }
  return out + "}\n";
}

}  // namespace tasker::cli
