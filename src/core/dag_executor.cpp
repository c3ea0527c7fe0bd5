#include "core/dag_executor.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "core/blocked_steps.hpp"

namespace tasker {

DagExecutor::DagExecutor(Task task, const std::vector<Uuid>& step_uuids, const StepLimits& limits)
    : task_(std::move(task)), expansion_(task_.task_template, limits) {
  const auto& templates = task_.task_template->steps;
  const std::vector<StepIndex> first = expansion_.begin();
  steps_.reserve(first.size());
  for (const StepIndex of : first) {
    WorkflowStep& step = steps_.emplace_back();
    step.name = templates[of].name;
    step.uuid = step_uuids.at(of);
    step.template_index = of;
    step.dependencies = expansion_.dependencies_of(of);
  }
  add_runs();
  for (StepIndex step = 0; step < steps_.size(); ++step) {
    link(step, steps_[step].dependencies);
    if (runs_[step].unmet == 0) ready_.push_back(step);
  }
}

/// For all steps there are. What grows later grows by doubling; most tasks never do.
void DagExecutor::add_runs() {
  std::size_t edges = 0;
  for (const WorkflowStep& step : steps_) edges += step.dependencies.size();
  runs_.reserve(steps_.size());
  graph_.reserve(steps_.size(), edges);
  for (const WorkflowStep& step : steps_) add_run(step.template_index);
}

void DagExecutor::add_run(StepIndex template_step) {
  runs_.emplace_back().template_index = template_step;
  graph_.add_step();
  ++open_;
}

void DagExecutor::link(StepIndex step, const std::vector<StepIndex>& dependencies) {
  for (const StepIndex parent : dependencies) {
    graph_.add_edge(parent, step);
    const bool done = parent < steps_.size() && frees_dependants(parent, steps_[parent].state);
    if (!done) ++runs_[step].unmet;
  }
}

std::vector<SequenceEntry> DagExecutor::ancestors(StepIndex step) const {
  const auto& parents = steps_[step].dependencies;
  std::vector<SequenceEntry> entries;
  for (const StepIndex ancestor : ancestors_of(steps_, step)) {
    const bool direct = std::binary_search(parents.begin(), parents.end(), ancestor);
    entries.push_back({ancestor, &steps_[ancestor], direct});
  }
  return entries;
}

// --- what may start
// ----------------------------------------------------------------------------------------------------

std::vector<StepIndex> DagExecutor::ready(TimePoint now) {
  while (!retries_.empty() && retries_.top().at <= now) {
    ready_.push_back(retries_.top().step);
    retries_.pop();
  }
  std::vector<StepIndex> steps;
  steps.reserve(ready_.size());
  for (const StepIndex step : ready_) {
    if (runs_[step].open && !runs_[step].running && !halted_ && enter_lane(step)) steps.push_back(step);
  }
  ready_.clear();
  return steps;
}

/// True when the step may run now; a batch worker may have to stand in line.
bool DagExecutor::enter_lane(StepIndex step) {
  if (!is_worker(step) || runs_[step].in_lane) return true;
  const StepIndex of = runs_[step].template_index;
  return runs_[step].in_lane = lanes_.admit(of, step, batch_config_of(*task_.task_template, of));
}

void DagExecutor::leave_lane(StepIndex step) {
  if (!runs_[step].in_lane) return;
  runs_[step].in_lane = false;
  if (const auto next = lanes_.leave(runs_[step].template_index)) ready_.push_back(*next);
}

std::optional<TimePoint> DagExecutor::next_retry_at() const {
  if (retries_.empty() || halted_) return std::nullopt;
  return retries_.top().at;
}

Transition DagExecutor::transition(Times now) const {
  Transition transition;
  transition.task = task_.id;
  transition.at = now.wall;
  return transition;
}

DagExecutor::Started DagExecutor::start(StepIndex step, DispatchId dispatch, Times now) {
  Run& run = runs_[step];
  if (run.running || !run.open) throw std::logic_error("step \"" + steps_[step].name + "\" is started twice");
  run.running = true;
  run.dispatch = dispatch;
  ++running_;
  Started started{static_cast<int>(run.attempts) + 1, std::nullopt};
  if (step_template(step).at_most_once) {
    StepChange change;
    change.step = step;
    change.from = run.state;
    change.to = StepState::InProgress;
    change.attempts_before = change.attempts = run.attempts;
    change.at = now.wall;
    started.commit_first = transition(now);
    decide(*started.commit_first, std::move(change));
  } else {
    set_state(step, StepState::InProgress);
  }
  return started;
}

std::vector<DispatchId> DagExecutor::dispatches() const {
  std::vector<DispatchId> dispatches;
  dispatches.reserve(running_);
  for (const Run& run : runs_) {
    if (run.running) dispatches.push_back(run.dispatch);
  }
  return dispatches;
}

TaskState DagExecutor::state() const {
  if (ended_) return state_;
  if (running_ == 0 && ready_.empty() && !retries_.empty()) return TaskState::WaitingForRetry;
  return TaskState::InProgress;
}

// --- what is reported
// --------------------------------------------------------------------------------------------------

TaskRecord DagExecutor::record() const {
  TaskRecord record;
  record.task = task_;
  record.state = state();
  record.steps = steps_;
  record.error = error_;
  record.started_at = task_.requested_at;
  record.finished_at = finished_at_;
  if (ended_ && failed_ > 0) {
    explain_blocked(record.steps, graph_, [this](StepIndex failed) { return !is_set_aside(failed); });
  }
  return record;
}

}  // namespace tasker
