#include <chrono>

#include "cli/commands.hpp"
#include "cli/graph/graph_render.hpp"
#include "cli/run/plan.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/takeover.hpp"
#include "cli/run/workflow_files.hpp"

namespace tasker::cli {

namespace {

std::string drawing(const Graph& graph, GraphFormat format, const Style& style) {
  switch (format) {
    case GraphFormat::Mermaid:
      return graph_mermaid(graph);
    case GraphFormat::Dot:
      return graph_dot(graph);
    case GraphFormat::Svg:
      return graph_svg(graph);
    case GraphFormat::Ascii:
      break;
  }
  return graph_ascii(graph, style);
}

void draw_template(const GraphOptions& options, const Console& console) {
  const LoadedTemplate loaded = load_valid_template(options.template_path, options.environment, false);
  console.warn(loaded.warnings);
  console.print(console.is_text() ? drawing(graph_of(*loaded.value), options.format, console.out())
                                  : plan_json(*loaded.value, "graph"));
}

void draw_task(const GraphOptions& options, const Console& console) {
  const auto reader = open_reader(store_file(options.store));
  const TaskRecord record = named_task(*reader, options.task);
  const Graph graph =
      graph_of(record, std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()));
  console.print(console.is_text() ? drawing(graph, options.format, console.out()) : graph_json(record, graph));
}

}  // namespace

ExitCode graph(const GraphOptions& options, const Console& console) {
  options.task.empty() ? draw_template(options, console) : draw_task(options, console);
  return ExitCode::Complete;
}

}  // namespace tasker::cli
