#include "cli/commands.hpp"
#include "cli/graph/graph_render.hpp"
#include "cli/run/plan.hpp"
#include "cli/run/workflow_files.hpp"

namespace tasker::cli {

namespace {

std::string drawing(const TaskTemplate& task_template, GraphFormat format, const Style& style) {
  switch (format) {
    case GraphFormat::Mermaid:
      return graph_mermaid(task_template);
    case GraphFormat::Dot:
      return graph_dot(task_template);
    case GraphFormat::Ascii:
      break;
  }
  return graph_ascii(task_template, style);
}

}  // namespace

ExitCode graph(const GraphOptions& options, const Console& console) {
  const LoadedTemplate loaded = load_valid_template(options.template_path, options.environment, false);
  console.warn(loaded.warnings);
  console.print(console.is_text() ? drawing(*loaded.value, options.format, console.out())
                                  : plan_json(*loaded.value, "graph"));
  return ExitCode::Complete;
}

}  // namespace tasker::cli
