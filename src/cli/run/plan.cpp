#include "cli/run/plan.hpp"

#include <algorithm>
#include <string_view>

#include "cli/terminal/text_width.hpp"
#include "core/json_writer.hpp"

namespace tasker::cli {

namespace {

std::string plural(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string retry_text(const StepTemplate& step) {
  const int most = step.retry.retryable ? std::max(step.retry.max_attempts, 1) : 1;
  return most > 1 ? "up to " + plural(static_cast<std::size_t>(most), "attempt") : "one attempt";
}

std::string dependencies_text(const TaskTemplate& task_template, const StepTemplate& step) {
  std::string out;
  for (const auto index : step.dependencies)
    out += (out.empty() ? "after " : ", ") + one_line(task_template.steps[index].name);
  return out;
}

std::string handler_text(const StepTemplate& step) {
  return one_line(step.handler.callable) + (step.handler.method.empty() ? "" : "#" + one_line(step.handler.method));
}

}  // namespace

std::vector<int> step_levels(const TaskTemplate& task_template) {
  std::vector<std::vector<std::uint32_t>> dependencies;
  for (const StepTemplate& step : task_template.steps) dependencies.push_back(step.dependencies);
  return levels_of(dependencies);
}

std::vector<int> levels_of(const std::vector<std::vector<std::uint32_t>>& dependencies) {
  std::vector<int> levels(dependencies.size(), 0);
  std::vector<std::size_t> missing(dependencies.size());
  std::vector<std::vector<std::size_t>> dependants(dependencies.size());
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < dependencies.size(); ++i) {
    missing[i] = dependencies[i].size();
    for (const auto dependency : dependencies[i]) dependants[dependency].push_back(i);
    if (missing[i] == 0) ready.push_back(i), levels[i] = 1;
  }
  for (std::size_t next = 0; next < ready.size(); ++next) {
    const std::size_t done = ready[next];
    for (const std::size_t dependant : dependants[done]) {
      levels[dependant] = std::max(levels[dependant], levels[done] + 1);
      if (--missing[dependant] == 0) ready.push_back(dependant);
    }
  }
  return levels;
}

std::string plan_size(const TaskTemplate& task_template) {
  const auto levels = step_levels(task_template);
  const int deepest = levels.empty() ? 0 : *std::max_element(levels.begin(), levels.end());
  return plural(levels.size(), "step") + " in " + plural(static_cast<std::size_t>(deepest), "level");
}

std::string plan_text(const TaskTemplate& task_template, const Style& style) {
  const auto levels = step_levels(task_template);
  const int deepest = levels.empty() ? 0 : *std::max_element(levels.begin(), levels.end());
  std::size_t name_width = 4;
  std::size_t handler_width = 7;
  for (const StepTemplate& step : task_template.steps) {
    name_width = std::max(name_width, display_width(one_line(step.name)));
    handler_width = std::max(handler_width, display_width(handler_text(step)));
  }
  name_width = std::min<std::size_t>(name_width, 32);
  handler_width = std::min<std::size_t>(handler_width, 40);

  std::string out = style.bold(one_line(task_template.name)) +
                    style.dim(" " + one_line(task_template.version) + ", " + plan_size(task_template)) + "\n";
  for (int level = 1; level <= deepest; ++level) {
    std::string label = std::to_string(level);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] != level) continue;
      const StepTemplate& step = task_template.steps[i];
      const std::string after = dependencies_text(task_template, step);
      out += style.dim(fit_right(label, 4)) + "  " + fit_left(one_line(step.name), name_width) + "  " +
             style.cyan(fit_left(handler_text(step), handler_width)) + "  " +
             style.dim(retry_text(step) + (after.empty() ? "" : ", " + after)) + "\n";
      label.clear();
    }
  }
  return out;
}

std::string plan_json(const TaskTemplate& task_template, std::string_view status) {
  const auto levels = step_levels(task_template);
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("status", status).field("exit_code", 0);
  json.field("namespace", task_template.namespace_name).field("name", task_template.name);
  json.field("version", task_template.version).key("steps").begin_array();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const StepTemplate& step = task_template.steps[i];
    json.begin_object().field("name", step.name).field("type", to_string(step.type));
    json.field("handler", step.handler.callable).key("dependencies").begin_array();
    for (const auto dependency : step.dependencies) json.string(task_template.steps[dependency].name);
    json.end_array().field("level", levels[i]).end_object();
  }
  json.end_array().end_object();
  return out += '\n';
}

}  // namespace tasker::cli
