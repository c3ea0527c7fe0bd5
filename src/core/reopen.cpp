#include "core/reopen.hpp"

#include <algorithm>

#include "core/expansion.hpp"
#include "tasker/task_template.hpp"

namespace tasker {

namespace {

bool creates_steps(const TaskRecord& record, const WorkflowStep& step) {
  const StepType type = record.task.task_template->steps.at(step.template_index).type;
  return type == StepType::Decision || type == StepType::Batchable;
}

/// What is wrong with results that create steps, as the engine would say it of a handler's.
std::optional<BadOutcome> bad_request(const TaskRecord& record, const WorkflowStep& step, const JsonText& results,
                                      const StepLimits& limits) {
  if (!creates_steps(record, step)) return std::nullopt;
  Expansion expansion(record.task.task_template, limits);
  expansion.resume(record.steps);
  auto expanded = expansion.expand(step.template_index, results);
  if (auto* bad = std::get_if<BadOutcome>(&expanded)) return std::move(*bad);
  return std::nullopt;
}

/// The step and all that depend on it, directly or not. Steps stand behind those they depend on only by chance, so it
/// goes round until nothing is added.
std::vector<bool> with_followers(const std::vector<WorkflowStep>& steps, StepIndex step) {
  std::vector<bool> chosen(steps.size(), false);
  chosen.at(step) = true;
  for (bool grown = true; grown;) {
    grown = false;
    for (StepIndex i = 0; i < steps.size(); ++i) {
      const auto& parents = steps[i].dependencies;
      const bool follows =
          std::any_of(parents.begin(), parents.end(), [&](StepIndex parent) { return chosen[parent]; });
      if (chosen[i] || !follows) continue;
      chosen[i] = grown = true;
    }
  }
  return chosen;
}

CannotReopen not_at_rest(const TaskRecord& record) {
  return {"the task is " + std::string(to_string(record.state)) +
          "; only one that has ended, or waits for a person, can be changed"};
}

DispatchId last_dispatch(const TaskRecord& record) {
  DispatchId last = 0;
  for (const WorkflowStep& step : record.steps) {
    for (const AttemptRecord& attempt : step.history) last = std::max(last, attempt.dispatch);
  }
  return last;
}

}  // namespace

std::variant<Reopening, CannotReopen> retry(const TaskRecord& record, std::optional<StepIndex> step) {
  if (!is_settled(record.state)) return not_at_rest(record);
  Reopening reopening;
  std::vector<bool> chosen(record.steps.size(), !step);
  if (step) chosen = with_followers(record.steps, *step);
  for (StepIndex i = 0; i < record.steps.size(); ++i) {
    const WorkflowStep& one = record.steps[i];
    const bool failed = one.state == StepState::Error || one.state == StepState::Cancelled;
    if (!chosen[i] || (!step && !failed) || one.state == StepState::Pending) continue;
    if (!failed && creates_steps(record, one)) {
      return CannotReopen{"the step \"" + one.name +
                          "\" has created steps, which stand in the task; run the workflow anew instead"};
    }
    reopening.resets.push_back({i, one.state});
  }
  if (reopening.resets.empty() && step) {
    return CannotReopen{"the step \"" + record.steps[*step].name +
                        "\" has not run yet; run again what it waits for, and it follows"};
  }
  if (reopening.resets.empty())
    return CannotReopen{"nothing of the task failed or was cancelled; --step runs one step again"};
  return reopening;
}

std::variant<Reopening, CannotReopen> resolve(const TaskRecord& record, StepIndex index, JsonText results,
                                              const StepLimits& limits, WallTime now) {
  if (!is_settled(record.state)) return not_at_rest(record);
  const WorkflowStep& step = record.steps.at(index);
  if (step.state != StepState::Error) {
    return CannotReopen{"the step \"" + step.name + "\" is " + std::string(to_string(step.state)) +
                        "; only a failed step can be resolved"};
  }
  if (auto bad = bad_request(record, step, results, limits)) return CannotReopen{std::move(bad->message)};
  AttemptRecord attempt;
  attempt.dispatch = last_dispatch(record) + 1;
  attempt.attempt = static_cast<int>(step.attempts);
  attempt.outcome = to_string(StepState::ResolvedManually);
  attempt.report.started_at = now;
  return Reopening{{}, Reopening::Resolution{index, std::move(results), std::move(attempt)}};
}

}  // namespace tasker
