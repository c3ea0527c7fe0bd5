#include "core/dag_executor.hpp"

#include <stdexcept>
#include <string>

// DagExecutor's commits: decisions that are durable become the state that others see.
namespace tasker {

void DagExecutor::committed(const Transition& transition, TimePoint now) {
  for (const StepChange& change : transition.steps) apply(change, now);
  for (const CreatedStep& created : transition.created) apply(created);
  if (!transition.task_state) return;
  ended_ = true;
  state_ = *transition.task_state;
  error_ = transition.task_error;
  finished_at_ = transition.at;
}

void DagExecutor::apply(const StepChange& change, TimePoint now) {
  WorkflowStep& step = steps_[change.step];
  Run& run = runs_[change.step];
  const bool was_waiting = change.to == StepState::WaitingForRetry && change.retry_delay;
  // The start of an at_most_once step: it is about to be sent.
  const bool is_start = run.running && change.to == StepState::InProgress;
  set_state(change.step, change.to);
  step.attempts = change.attempts;
  step.error = change.to == StepState::Complete ? nullptr : change.error;
  if (change.results) step.results = *change.results;
  if (change.checkpoint) step.checkpoint = *change.checkpoint;
  if (change.attempt) {
    // One that failed before it was sent has no start.
    const WallTime started_at = change.attempt->report.started_at;
    if (!step.started_at && started_at != WallTime{}) step.started_at = started_at;
    step.history.push_back(*change.attempt);
  }
  step.finished_at = is_final(change.to) ? std::optional(change.at) : std::nullopt;
  if (frees_dependants(change.step, change.to)) free_children(change.step);
  if (run.state != change.to || is_start) return;  // decided otherwise meanwhile, or under way
  if (was_waiting) retries_.push({now + *change.retry_delay, change.step});
  if (change.to == StepState::Pending || change.to == StepState::InProgress) ready_.push_back(change.step);
  // Handed out after its wait and given back unsent: ready at once.
  if (change.to == StepState::WaitingForRetry && !change.retry_delay) ready_.push_back(change.step);
}

void DagExecutor::apply(const CreatedStep& created) {
  if (created.index != steps_.size()) throw std::logic_error("step \"" + created.name + "\" is created out of turn");
  WorkflowStep& step = steps_.emplace_back();
  step.name = created.name;
  step.uuid = created.uuid;
  step.template_index = created.template_index;
  step.dependencies = created.dependencies;
  if (created.inputs) step.inputs = *created.inputs;
  if (runs_[created.index].unmet == 0) ready_.push_back(created.index);
}

void DagExecutor::set_state(StepIndex step, StepState to) {
  if (!can_move(steps_[step].state, to)) {
    throw std::logic_error("step \"" + steps_[step].name + "\" can't go from " +
                           std::string(to_string(steps_[step].state)) + " to " + std::string(to_string(to)));
  }
  steps_[step].state = to;
}

void DagExecutor::free_children(StepIndex step) {
  graph_.each_child(step, [&](StepIndex child) {
    // A created child whose row is not on disk yet becomes ready with it.
    if (--runs_[child].unmet == 0 && child < steps_.size()) ready_.push_back(child);
  });
}

}  // namespace tasker
