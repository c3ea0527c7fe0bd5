#include "cli/graph/graph_render.hpp"

#include <algorithm>
#include <set>

#include "cli/graph/lane_graph.hpp"
#include "cli/graph/state_colors.hpp"
#include "cli/terminal/state_paint.hpp"
#include "cli/terminal/text_width.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kMostSteps = 2000;  ///< drawn in lanes; nobody reads more, and lanes cost their square

std::string plural(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string step_note(const GraphNode& node) {
  std::string note = one_line(node.handler);
  if (node.type != StepType::Standard) note += " (" + std::string(to_string(node.type)) + ")";
  return note;
}

/// The state in its colour, in a column of its own.
std::string painted(const GraphNode& node, const std::string& text, const Style& style) {
  return node.state ? painted(*node.state, text, style) : text;
}

std::string heading(const Graph& graph, const Style& style) {
  const auto levels = levels_of(graph);
  const int deepest = levels.empty() ? 0 : *std::max_element(levels.begin(), levels.end());
  std::string facts = " " + one_line(graph.version) + ", " + plural(levels.size(), "step") + " in " +
                      plural(static_cast<std::size_t>(deepest), "level");
  if (!graph.note.empty()) facts += ", " + one_line(graph.note);
  return style.bold(one_line(graph.name)) + style.dim(facts) + "\n";
}

std::size_t widest_name(const Graph& graph) {
  std::size_t width = 0;
  for (const GraphNode& node : graph.nodes) width = std::max(width, display_width(one_line(node.name)));
  return width;
}

/// Cut to what is left of the line: how it stands, then its handler.
std::string tail(const GraphNode& node, std::size_t standing_width, std::size_t room, const Style& style) {
  std::string out;
  if (standing_width > 0 && room > standing_width + 2) {
    out += "  " + painted(node, fit_left(standing_of(node), standing_width), style);
    room -= standing_width + 2;
  }
  if (room > 8) out += "  " + style.dim(cut(step_note(node), room - 2));
  return out;
}

std::size_t widest_standing(const Graph& graph) {
  std::size_t width = 0;
  for (const GraphNode& node : graph.nodes) width = std::max(width, display_width(standing_of(node)));
  return width;
}

std::string waits_for(const Graph& graph, const GraphNode& node) {
  std::string out;
  for (const auto index : node.dependencies) {
    out += (out.empty() ? "after " : ", ") + one_line(graph.nodes[index].name);
  }
  return out;
}

std::string level_list(const Graph& graph, const Style& style) {
  const auto levels = levels_of(graph);
  const int deepest = levels.empty() ? 0 : *std::max_element(levels.begin(), levels.end());
  const std::size_t names = std::min<std::size_t>(widest_name(graph), 32);
  const std::size_t standings = widest_standing(graph);
  std::vector<std::vector<std::size_t>> rows(static_cast<std::size_t>(deepest));
  for (std::size_t i = 0; i < levels.size(); ++i) rows[static_cast<std::size_t>(levels[i] - 1)].push_back(i);
  std::string out = heading(graph, style);
  for (std::size_t level = 0; level < rows.size(); ++level) {
    std::string label = std::to_string(level + 1);
    for (const std::size_t i : rows[level]) {
      const GraphNode& node = graph.nodes[i];
      out += style.dim(fit_right(label, 4)) + "  " + fit_left(one_line(node.name), names);
      if (standings > 0) out += "  " + painted(node, fit_left(standing_of(node), standings), style);
      out += "  " + style.cyan(step_note(node));
      if (const std::string after = waits_for(graph, node); !after.empty()) out += "  " + style.dim(after);
      out += "\n";
      label.clear();
    }
  }
  return out;
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

std::string mermaid_node(std::size_t index, const GraphNode& node) {
  const std::string id = "s" + std::to_string(index);
  const std::string standing = standing_of(node);
  const std::string label =
      "\"" + mermaid_text(node.name) + (standing.empty() ? "" : "<br/>" + mermaid_text(standing)) + "\"";
  switch (node.type) {
    case StepType::Decision:
      return id + "{" + label + "}";
    case StepType::Batchable:
    case StepType::BatchWorker:
      return id + "[[" + label + "]]";
    default:
      return id + "[" + label + "]";
  }
}

/// A class per state that there is, and which nodes have it.
std::string mermaid_classes(const Graph& graph) {
  std::string out;
  std::set<StepState> states;
  for (const GraphNode& node : graph.nodes) {
    if (node.state) states.insert(*node.state);
  }
  for (const StepState state : states) {
    const StateColors colors = state_colors(state);
    const std::string name(to_string(state));
    out += "  classDef " + name + " fill:" + std::string(colors.fill) + ",stroke:" + std::string(colors.line) +
           ",color:#1f2328\n";
    std::string nodes;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (graph.nodes[i].state == state) nodes += (nodes.empty() ? "s" : ",s") + std::to_string(i);
    }
    out += "  class " + nodes + " " + name + "\n";
  }
  return out;
}

std::string dot_node(const GraphNode& node) {
  std::string attributes;
  const auto add = [&](const std::string& text) { attributes += (attributes.empty() ? "" : ", ") + text; };
  if (node.type == StepType::Decision) add("shape=diamond, style=" + std::string(node.state ? "filled" : "solid"));
  if (node.type == StepType::Batchable || node.type == StepType::BatchWorker) add("peripheries=2");
  if (node.state) {
    const StateColors colors = state_colors(node.state);
    std::string label = dot_text(node.name);
    label.pop_back();
    add("label=" + label + "\\n" + standing_of(node) + "\"");
    if (node.type != StepType::Decision) add("style=\"rounded,filled\"");
    add("fillcolor=\"" + std::string(colors.fill) + "\", color=\"" + std::string(colors.line) + "\"");
  }
  return "  " + dot_text(node.name) + (attributes.empty() ? "" : " [" + attributes + "]") + ";\n";
}

/// An edge that exists only when its decision says so.
bool maybe(const Graph& graph, std::uint32_t from) { return graph.nodes[from].type == StepType::Decision; }

}  // namespace

std::string graph_ascii(const Graph& graph, const Style& style) {
  if (graph.nodes.size() > kMostSteps) return level_list(graph, style);
  const LaneDrawing drawing = draw_lanes(graph, style.unicode);
  if (4 + 2 * drawing.lanes > static_cast<std::size_t>(style.width) / 2) return level_list(graph, style);

  const std::size_t names = widest_name(graph);
  const std::size_t standings = widest_standing(graph);
  std::string out = heading(graph, style) + "\n";
  const auto width = static_cast<std::size_t>(style.width);
  for (const LaneRow& row : drawing.rows) {
    std::string lanes = row.lanes;
    if (row.step < 0) {
      while (lanes.ends_with(' ')) lanes.pop_back();
      out += "  " + style.cyan(lanes) + "\n";
      continue;
    }
    const GraphNode& node = graph.nodes[static_cast<std::size_t>(row.step)];
    const std::size_t head = 2 + 2 * drawing.lanes + 1;
    const std::size_t name = std::min(names, width - head > 30 ? (width - head) * 3 / 5 : width - head);
    const std::size_t used = head + name;
    out += "  " + style.cyan(fit_left(lanes, 2 * drawing.lanes)) + " " + fit_left(one_line(node.name), name);
    if (used < width) out += tail(node, standings, width - used, style);
    while (out.ends_with(' ')) out.pop_back();
    out += "\n";
  }
  return out;
}

std::string graph_mermaid(const Graph& graph) {
  const std::string title = graph.name + (graph.note.empty() ? "" : ", " + graph.note);
  std::string out = "---\ntitle: " + dot_text(title) + "\n---\nflowchart TD\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) out += "  " + mermaid_node(i, graph.nodes[i]) + "\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const auto from : graph.nodes[i].dependencies) {
      out += "  s" + std::to_string(from) + (maybe(graph, from) ? " -.-> s" : " --> s") + std::to_string(i) + "\n";
    }
  }
  return out + mermaid_classes(graph);
}

std::string graph_dot(const Graph& graph) {
  std::string out = "digraph " + dot_text(graph.name) + " {\n  rankdir=TB;\n";
  if (!graph.note.empty()) out += "  label=" + dot_text(graph.name + ", " + graph.note) + "; labelloc=t;\n";
  out += "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n";
  for (const GraphNode& node : graph.nodes) out += dot_node(node);
  for (const GraphNode& node : graph.nodes) {
    for (const auto from : node.dependencies) {
      out += "  " + dot_text(graph.nodes[from].name) + " -> " + dot_text(node.name);
      out += maybe(graph, from) ? " [style=dashed];\n" : ";\n";
    }
  }
  return out + "}\n";
}

}  // namespace tasker::cli
