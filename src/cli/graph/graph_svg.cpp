#include <algorithm>
#include <cstdio>

#include "cli/graph/graph_render.hpp"
#include "cli/graph/layout.hpp"
#include "cli/graph/state_colors.hpp"
#include "cli/terminal/text_width.hpp"

namespace tasker::cli {

namespace {

// Fonts differ from machine to machine: boxes have room for a wide one.
constexpr double kNameColumn = 8.0;
constexpr double kNoteColumn = 6.4;
constexpr double kPadding = 18;
constexpr double kNarrowest = 110;
constexpr std::size_t kLongestText = 44;
constexpr double kHead = 34;  ///< room for the title

std::string xml_text(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string note_of(const GraphNode& node) {
  const std::string standing = standing_of(node);
  return cut(one_line(standing.empty() ? node.handler : standing), kLongestText);
}

double width_of(const GraphNode& node) {
  const auto name = static_cast<double>(display_width(cut(one_line(node.name), kLongestText)));
  const auto note = static_cast<double>(display_width(note_of(node)));
  const double mark = node.type == StepType::Decision ? 14 : 0;
  return std::max({kNarrowest, name * kNameColumn + mark + 2 * kPadding, note * kNoteColumn + 2 * kPadding});
}

std::string rectangle(double x, double y, double width, double height, std::string_view fill, std::string_view line) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\"" +
         number(height) + "\" rx=\"7\" fill=\"" + std::string(fill) + "\" stroke=\"" + std::string(line) + "\"/>\n";
}

std::string box(const GraphNode& node, const Layout::Box& place, double height) {
  const StateColors colors = state_colors(node.state);
  const double left = place.x - place.width / 2;
  std::string tip = one_line(node.name) + " (" + one_line(node.handler) + ")";
  if (!node.error.empty()) tip += ": " + one_line(node.error);
  std::string out = "<g><title>" + xml_text(tip) + "</title>\n";
  const bool batch = node.type == StepType::Batchable || node.type == StepType::BatchWorker;
  if (batch) out += rectangle(left + 4, place.y + 4, place.width, height, colors.fill, colors.line);
  out += rectangle(left, place.y, place.width, height, colors.fill, colors.line);
  if (node.type == StepType::Decision) {
    const double y = place.y + 16;
    out += "<path d=\"M" + number(left + 14) + " " + number(y - 5) + " l5 5 l-5 5 l-5 -5 z\" fill=\"" +
           std::string(colors.line) + "\"/>\n";
  }
  out += "<text x=\"" + number(place.x) + "\" y=\"" + number(place.y + 20) + "\" class=\"n\">" +
         xml_text(cut(one_line(node.name), kLongestText)) + "</text>\n";
  return out + "<text x=\"" + number(place.x) + "\" y=\"" + number(place.y + 36) + "\" class=\"h\" fill=\"" +
         std::string(colors.text) + "\">" + xml_text(note_of(node)) + "</text></g>\n";
}

/// Curves that leave and reach every layer upright.
std::string line(const Layout::Line& line, bool maybe) {
  std::string path = "M" + number(line.points[0].first) + " " + number(line.points[0].second);
  for (std::size_t i = 1; i < line.points.size(); ++i) {
    const auto [x0, y0] = line.points[i - 1];
    const auto [x1, y1] = line.points[i];
    const double bend = (y1 - y0) / 2;
    path += i % 2 == 0 ? " L" + number(x1) + " " + number(y1)
                       : " C" + number(x0) + " " + number(y0 + bend) + " " + number(x1) + " " + number(y1 - bend) +
                             " " + number(x1) + " " + number(y1);
  }
  return "<path d=\"" + path + "\" class=\"e\"" + (maybe ? " stroke-dasharray=\"5 4\"" : "") + "/>\n";
}

}  // namespace

std::string graph_svg(const Graph& graph) {
  LayoutSizes sizes;
  std::vector<double> widths;
  for (const GraphNode& node : graph.nodes) widths.push_back(width_of(node));
  const Layout layout = lay_out(graph, widths, sizes);
  const std::string title = one_line(graph.name) + " " + one_line(graph.version);
  const std::string note = one_line(graph.note);
  const double title_width = static_cast<double>(display_width(title + note) + 4) * 9 + 2 * sizes.margin;
  const double width = std::max(layout.width, title_width);
  const double height = layout.height + kHead;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(width) + "\" height=\"" +
                    number(height) + "\" viewBox=\"0 0 " + number(width) + " " + number(height) +
                    "\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" role=\"img\">\n<title>" +
                    xml_text(title) + "</title>\n";
  out +=
      "<style>.n{font-size:13px;font-weight:600;fill:#1f2328;text-anchor:middle}"
      ".h{font-size:11px;text-anchor:middle}.e{fill:none;stroke:#8c959f;stroke-width:1.4;marker-end:url(#a)}"
      ".t{font-size:15px;font-weight:600;fill:#1f2328}.s{font-weight:400;fill:#59636e}</style>\n"
      "<defs><marker id=\"a\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
      "orient=\"auto\"><path d=\"M0 0.5 L8 4 L0 7.5 z\" fill=\"#8c959f\"/></marker></defs>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  out += "<text x=\"" + number(sizes.margin) + "\" y=\"30\" class=\"t\">" + xml_text(graph.name) +
         " <tspan class=\"s\">" + xml_text(graph.version + (note.empty() ? "" : ", " + note)) + "</tspan></text>\n";
  out += "<g transform=\"translate(" + number((width - layout.width) / 2) + " " + number(kHead) + ")\">\n";
  for (const Layout::Line& edge : layout.lines) {
    out += line(edge, graph.nodes[edge.from].type == StepType::Decision);
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) out += box(graph.nodes[i], layout.boxes[i], sizes.box_height);
  return out + "</g>\n</svg>\n";
}

}  // namespace tasker::cli
