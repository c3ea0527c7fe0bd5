#include <algorithm>

#include "cli/run/store_choice.hpp"
#include "cli/run/takeover.hpp"
#include "cli/task_commands/commands.hpp"
#include "cli/task_commands/task_json.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

using store::TaskSummary;

std::string json_lines(const std::vector<TaskSummary>& tasks) {
  std::string out;
  for (const TaskSummary& task : tasks) out += summary_json(task) + '\n';
  return out;
}

std::string painted(const std::string& state, std::size_t width, const Style& style) {
  const std::string text = fit_left(state, width);
  if (state == "complete" || state == "resolved_manually") return style.green(text);
  if (state == "error" || state == "cancelled") return style.red(text);
  return style.magenta(text);
}

std::string short_time(const std::optional<WallTime>& time) {
  return time ? iso_text(*time).substr(0, 19).replace(10, 1, " ") : "";
}

std::string text_list(const std::vector<TaskSummary>& tasks, const Style& style) {
  if (tasks.empty()) return "no tasks\n";
  std::size_t name_width = 4;
  for (const TaskSummary& task : tasks) name_width = std::max(name_width, display_width(one_line(task.name)));
  name_width = std::min<std::size_t>(name_width, 40);
  std::string out = style.bold(fit_left("task", 36) + "  " + fit_left("state", 19) + "  " +
                               fit_left("name", name_width) + "  " + fit_right("steps", 11) + "  started (UTC)") +
                    "\n";
  for (const TaskSummary& task : tasks) {
    out += task.uuid.text() + "  " + painted(task.state, 19, style) + "  " + fit_left(one_line(task.name), name_width) +
           "  " + fit_right(std::to_string(task.steps_complete) + "/" + std::to_string(task.steps_total), 11) + "  " +
           style.dim(short_time(task.started_at));
    if (task.error) out += "  " + style.red(cut(one_line(error_headline(task.error)), 60));
    out += "\n";
  }
  return out;
}

}  // namespace

ExitCode task_list(const TaskOptions& options, const Console& console) {
  const auto reader = open_reader(store_file(options.store));
  const auto tasks = reader->list(options.filter);
  const OutputFormat output = console.options().output;
  console.print(output == OutputFormat::Text   ? text_list(tasks, console.out())
                : output == OutputFormat::Json ? tasks_json(tasks) + "\n"
                                               : json_lines(tasks));
  if (console.is_text() && static_cast<std::int64_t>(tasks.size()) == options.filter.limit) {
    console.warn("the list is cut after " + std::to_string(tasks.size()) + (tasks.size() == 1 ? " task" : " tasks") +
                 "; --limit 0 shows all");
  }
  return ExitCode::Complete;
}

}  // namespace tasker::cli
