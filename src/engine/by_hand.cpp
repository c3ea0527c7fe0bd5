#include "engine/by_hand.hpp"

#include <utility>
#include <vector>

#include "core/reopen.hpp"

namespace tasker {

namespace {

CannotReopen no_such_step(const std::string& name) { return {"the task has no step \"" + name + "\""}; }

/// The named step, whatever it is; without a name all that failed.
std::vector<StepIndex> failed_steps(const std::vector<WorkflowStep>& steps, const std::string& name) {
  std::vector<StepIndex> found;
  for (StepIndex step = 0; step < steps.size(); ++step) {
    if (name.empty() ? steps[step].state == StepState::Error : steps[step].name == name) found.push_back(step);
  }
  return found;
}

}  // namespace

std::variant<Transition, CannotReopen> rerun_by_hand(DagExecutor& task, const std::string& step, Times now) {
  const auto failed = failed_steps(task.steps(), step);
  if (!failed.empty()) return task.rerun(failed, now);
  if (step.empty()) return CannotReopen{"nothing of the task has failed so far"};
  return no_such_step(step);
}

std::variant<Transition, CannotReopen> resolve_by_hand(DagExecutor& task, const std::string& step, JsonText results,
                                                       DispatchId dispatch, Times now) {
  const auto named = failed_steps(task.steps(), step);
  if (step.empty() || named.empty()) return no_such_step(step);
  return task.resolve(named.front(), std::move(results), dispatch, now);
}

}  // namespace tasker
