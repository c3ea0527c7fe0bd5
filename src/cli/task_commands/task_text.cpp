#include "cli/task_commands/task_text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/graph/graph_model.hpp"
#include "cli/terminal/failure_text.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "cli/text/pretty_json.hpp"
#include "cli/watch/step_tree.hpp"
#include "core/nearest_name.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kMostSteps = 500;     ///< shown of a task, then counted
constexpr std::size_t kMostAttempts = 500;  ///< likewise

std::string mark(StepState state, const Style& style) {
  switch (state) {
    case StepState::Complete:
    case StepState::ResolvedManually:
      return style.green(style.glyph("✓", "ok"));
    case StepState::Error:
      return style.red(style.glyph("✗", "!!"));
    case StepState::Cancelled:
      return style.red(style.glyph("⊘", "--"));
    case StepState::InProgress:
    case StepState::WaitingForRetry:
      return style.magenta(style.glyph("●", "* "));
    case StepState::Pending:
      break;
  }
  return style.dim(style.glyph("○", ". "));
}

std::string field(std::string_view name, const std::string& value) {
  return value.empty() ? "" : "  " + fit_left(name, 11) + value + "\n";
}

std::string head(const TaskRecord& record, const Standing& standing, const Style& style) {
  const Task& task = record.task;
  std::string out = style.bold(one_line(task.task_template->name)) + " " + one_line(task.task_template->version) +
                    "  " + std::string(to_string(record.state)) + "\n";
  out += field("task", task.uuid.text());
  out += field("namespace", one_line(task.task_template->namespace_name));
  out += field("run", one_line(task.run_id));
  if (task.line.value_or(0) > 0) out += field("line", std::to_string(*task.line));
  out += field("unique key", one_line(task.unique_key));
  if (record.started_at) out += field("started", iso_text(*record.started_at));
  if (record.finished_at) out += field("finished", iso_text(*record.finished_at));
  if (record.started_at && record.finished_at)
    out += field("took", human_text(*record.finished_at - *record.started_at));
  if (record.recoveries > 0) out += field("recoveries", std::to_string(record.recoveries));
  out += field("context", cut(one_line(task.context.text()), 200));
  if (record.error) out += field("error", style.red(one_line(error_headline(record.error))));
  if (!standing.text.empty()) out += field("standing", style.magenta(standing.text));
  return out;
}

std::string ready_line(const WorkflowStep& step, const Style& style) {
  return style.cyan(style.glyph("●", "* ")) + " " + one_line(step.name) + "  " + kRunsOrWaits;
}

/// Each step below the deepest it waits for.
std::string tree(const TaskRecord& record, bool is_run, const Style& style) {
  Graph graph = graph_of(record, record.finished_at.value_or(WallTime{}));
  graph.nodes.resize(std::min(graph.nodes.size(), kMostSteps));
  for (GraphNode& node : graph.nodes) {
    std::erase_if(node.dependencies, [&](std::uint32_t parent) { return parent >= graph.nodes.size(); });
  }
  std::string out = "\n" + style.bold("steps") + "\n";
  for (const TreeRow& row : step_tree(graph, kMostSteps, style.unicode)) {
    const bool runs = is_run && is_ready(graph, graph.nodes[row.node]);
    const WorkflowStep& step = record.steps[row.node];
    out += "  " + style.dim(row.branch) + (runs ? ready_line(step, style) : step_line(step, style)) + "\n";
  }
  if (record.steps.size() > kMostSteps)
    out += style.dim("  and " + std::to_string(record.steps.size() - kMostSteps) + " more; -o json has all\n");
  return out;
}

struct Happening {
  const WorkflowStep* step;
  const AttemptRecord* attempt;
};

std::string timeline(const TaskRecord& record, const Style& style) {
  std::vector<Happening> all;
  for (const WorkflowStep& step : record.steps) {
    for (const AttemptRecord& attempt : step.history) all.push_back({&step, &attempt});
  }
  if (all.empty()) return "";
  std::stable_sort(all.begin(), all.end(), [](const Happening& a, const Happening& b) {
    return a.attempt->report.started_at < b.attempt->report.started_at;
  });
  const WallTime zero = record.started_at.value_or(all.front().attempt->report.started_at);
  std::string out = "\n" + style.bold("timeline") + "\n";
  for (std::size_t i = 0; i < all.size() && i < kMostAttempts; ++i) {
    const AttemptRecord& attempt = *all[i].attempt;
    const Duration since = std::max<Duration>(attempt.report.started_at - zero, Duration{});
    out += "  " + fit_right("+" + human_text(since), 10) + "  " + fit_left(one_line(all[i].step->name), 24) +
           "  attempt " + std::to_string(attempt.attempt) + "  " +
           (attempt.outcome == "complete" ? style.green(attempt.outcome) : style.red(attempt.outcome)) + " in " +
           human_text(attempt.report.duration);
    if (attempt.report.worker_pid > 0) out += style.dim("  worker " + std::to_string(attempt.report.worker_pid));
    if (attempt.error) out += "  " + cut(one_line(error_headline(attempt.error)), 100);
    out += "\n";
  }
  if (all.size() > kMostAttempts)
    out += style.dim("  and " + std::to_string(all.size() - kMostAttempts) + " more; -o json has all\n");
  return out;
}

}  // namespace

std::string step_line(const WorkflowStep& step, const Style& style) {
  std::string out = mark(step.state, style) + " " + one_line(step.name);
  if (step.state != StepState::Complete) out += "  " + std::string(to_string(step.state));
  if (step.attempts > 1) out += style.dim("  attempts " + std::to_string(step.attempts));
  if (!step.history.empty()) out += style.dim("  " + human_text(step.history.back().report.duration));
  if (step.error && step.state != StepState::Complete)
    out += "  " + style.red(cut(one_line(error_headline(step.error)), 100));
  return out;
}

std::string task_text(const TaskRecord& record, const Standing& standing, const Style& style) {
  return head(record, standing, style) + tree(record, standing.is_run, style) + timeline(record, style) +
         failures_text(record, style);
}

CommandError no_such_step(const TaskRecord& record, const std::string& name) {
  std::vector<std::string> names;
  for (const WorkflowStep& step : record.steps) names.push_back(step.name);
  return CommandError(
      ExitCode::NotFound, kind::not_found,
      "the task " + record.task.uuid.text() + " has no step \"" + name + "\"" + did_you_mean(name, names));
}

}  // namespace tasker::cli
