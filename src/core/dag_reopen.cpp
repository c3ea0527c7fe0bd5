#include <algorithm>
#include <string>
#include <utility>

#include "core/dag_executor.hpp"
#include "core/reopen.hpp"

// DagExecutor's answer to a person who has looked at what failed, while the rest of the task runs.
namespace tasker {

/// None: the step's failure is durable, and nothing else hangs on it that can't be taken back.
std::optional<std::string> DagExecutor::why_not_reopened(StepIndex step) const {
  if (ended_ || open_ == 0) return "the task is ending right now; look at it again";
  if (stopped_)
    return "the task is being stopped (" + std::string(to_string(*stopped_)) + "); look at it when it ended";
  if (halted_) return "the task stops at its first failure (on_failure: stop_new); change it when it has ended";
  if (runs_.size() > steps_.size()) return "steps of the task are being created right now; try again";
  const WorkflowStep& at = steps_[step];
  if (at.state != StepState::Error || runs_[step].state != StepState::Error) {
    return "the step \"" + at.name + "\" is " + std::string(to_string(at.state)) +
           "; of a task that runs only steps that have failed can be changed";
  }
  if (is_set_aside(step) || stopped_batches_.contains(runs_[step].template_index)) {
    return "the batch of the step \"" + at.name + "\" has gone on without it; change it when the task has ended";
  }
  return std::nullopt;
}

std::variant<Transition, CannotReopen> DagExecutor::rerun(const std::vector<StepIndex>& failed, Times now) {
  for (const StepIndex step : failed) {
    if (auto why = why_not_reopened(step)) return CannotReopen{*std::move(why)};
  }
  Transition transition = this->transition(now);
  for (const StepIndex step : failed) {
    forget_failure(step);
    Run& run = runs_[step];
    StepChange change;
    change.step = step;
    change.from = StepState::Error;
    change.to = StepState::Pending;
    change.attempts_before = run.attempts;
    change.checkpoint = JsonText();
    change.at = now.wall;
    run.deaths = 0;
    run.open = true;
    ++open_;
    decide(transition, std::move(change));
    unblock_descendants(step);
  }
  return transition;
}

std::variant<Transition, CannotReopen> DagExecutor::resolve(StepIndex step, JsonText results, DispatchId dispatch,
                                                            Times now) {
  if (auto why = why_not_reopened(step)) return CannotReopen{*std::move(why)};
  Transition transition = this->transition(now);
  const StepType type = step_template(step).type;
  if (type == StepType::Decision || type == StepType::Batchable) {
    auto expanded = expansion_.expand(runs_[step].template_index, results);
    if (auto* bad = std::get_if<BadOutcome>(&expanded)) return CannotReopen{std::move(bad->message)};
    transition.created = std::get<std::vector<CreatedStep>>(std::move(expanded));
  }
  forget_failure(step);
  const Run& run = runs_[step];
  StepChange change;
  change.step = step;
  change.from = StepState::Error;
  change.to = StepState::ResolvedManually;
  change.attempts_before = change.attempts = run.attempts;
  change.results = std::move(results);
  change.at = now.wall;
  AttemptReport report;
  report.started_at = now.wall;
  change.attempt = AttemptRecord{dispatch, static_cast<int>(run.attempts),
                                 std::string(to_string(StepState::ResolvedManually)), report, nullptr};
  decide(transition, std::move(change));
  adopt(transition.created);
  unblock_descendants(step);
  return transition;
}

void DagExecutor::forget_failure(StepIndex step) {
  --failed_;
  const SharedError& error = steps_[step].error;
  if (error && error->kind == ErrorKind::MaybeExecuted) --undecidable_;
}

/// What was closed because it waited for this step may run again, unless it waits for another that can't.
void DagExecutor::unblock_descendants(StepIndex step) {
  const auto may_come = [this](StepIndex parent) {
    return runs_[parent].open || frees_dependants(parent, runs_[parent].state);
  };
  std::vector<StepIndex> queue{step};
  while (!queue.empty()) {
    const StepIndex at = queue.back();
    queue.pop_back();
    graph_.each_child(at, [&](StepIndex child) {
      if (child >= steps_.size() || runs_[child].open || is_final(runs_[child].state)) return;
      const auto& parents = steps_[child].dependencies;
      if (!std::all_of(parents.begin(), parents.end(), may_come)) return;
      runs_[child].open = true;
      ++open_;
      queue.push_back(child);
    });
  }
}

}  // namespace tasker
