#include "cli/terminal/failure_text.hpp"

#include <algorithm>
#include <map>

#include "cli/terminal/text_width.hpp"
#include "cli/text/backtrace.hpp"
#include "cli/text/error_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kShownGroups = 20;
constexpr std::size_t kShownNames = 3;

/// On which attempt, of how many.
std::string attempts_text(const TaskRecord& record, const WorkflowStep& step) {
  const auto& templates = record.task.task_template->steps;
  if (step.attempts == 0 || step.template_index >= templates.size()) return "";
  const int most = templates[step.template_index].retry.max_attempts;
  std::string text = " on attempt " + std::to_string(step.attempts);
  if (most > 1) text += " of " + std::to_string(most);
  if (!step.error->retryable && static_cast<int>(step.attempts) < most) text += ", not to be retried";
  return text;
}

/// `a, b, c and 36 more`
std::string names_text(const FailureGroup& group) {
  const std::size_t shown = group.size() == kShownNames + 1 ? group.size() : std::min(group.size(), kShownNames);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    text += (i == 0 ? "" : i + 1 == group.size() ? " and " : ", ") + one_line(group[i]->name);
  }
  return shown == group.size() ? text : text + " and " + std::to_string(group.size() - shown) + " more";
}

std::string group_text(const TaskRecord& record, const FailureGroup& group, const Style& style) {
  const WorkflowStep& first = *group.front();
  std::string attempts = attempts_text(record, first);
  std::string head;
  if (group.size() == 1) {
    head = style.bold(one_line(first.name)) + " failed" + attempts;
  } else {
    const bool differ = std::any_of(group.begin(), group.end(),
                                    [&](const WorkflowStep* step) { return attempts_text(record, *step) != attempts; });
    head = style.bold(std::to_string(group.size()) + " steps failed alike") + (differ ? "" : attempts) + ": " +
           names_text(group);
  }
  return "\n" + style.red(style.glyph("✗", "x")) + " " + head + " " +
         style.dim("(" + std::string(to_string(first.error->kind)) + ")") + "\n" + error_block(*first.error, style);
}

}  // namespace

std::vector<FailureGroup> failures_alike(const TaskRecord& record) {
  std::vector<FailureGroup> groups;
  std::map<std::vector<std::string>, std::size_t> places;
  for (const WorkflowStep& step : record.steps) {
    if (step.state != StepState::Error || !step.error) continue;
    const ErrorInfo& error = *step.error;
    const auto [place, is_new] = places.try_emplace(
        {std::string(to_string(error.kind)), error.class_name, error.message, first_frame(error.backtrace)},
        groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(&step);
  }
  return groups;
}

std::string failures_text(const TaskRecord& record, const Style& style) {
  const auto groups = failures_alike(record);
  std::string out;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i < kShownGroups) {
      out += group_text(record, groups[i], style);
    } else {
      left_out += groups[i].size();
    }
  }
  if (left_out > 0)
    out +=
        "\n" + std::to_string(left_out) + " more failed " + (left_out == 1 ? "step" : "steps") + "; -o json has all\n";
  return out;
}

}  // namespace tasker::cli
