#include <algorithm>
#include <string>
#include <utility>

#include "core/dag_executor.hpp"

namespace tasker {

namespace {

bool was_a_death(const AttemptRecord& attempt) {
  return attempt.outcome == to_string(ErrorKind::WorkerLost) || attempt.outcome == to_string(ErrorKind::OutOfMemory);
}

/// Workers that the step may have killed. Only a person gives one that killed too many another try: it counts anew.
std::uint8_t deaths_in(const std::vector<AttemptRecord>& history) {
  std::uint8_t deaths = 0;
  for (const AttemptRecord& attempt : history) {
    if (attempt.outcome == to_string(ErrorKind::WorkerKiller)) deaths = 0;
    if (was_a_death(attempt) && deaths < 255) ++deaths;
  }
  return deaths;
}

SharedError engine_lost(ErrorKind kind) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = kind;
  error->message = "may have run: the engine that had sent it died";
  error->retryable = kind != ErrorKind::MaybeExecuted;
  return error;
}

/// A clock that was set back holds nothing for years, one that was set forward starts nothing before it may.
Duration rest_of_wait(const WorkflowStep& step, WallTime now) {
  const Duration delay = step.retry_delay.value_or(Duration{});
  return std::clamp<Duration>(delay - (now - step.changed_at), Duration{}, delay);
}

}  // namespace

DagExecutor::DagExecutor(const TaskRecord& record, const StepLimits& limits)
    : task_(record.task),
      expansion_(task_.task_template, limits),
      steps_(record.steps),
      stopped_(record.stop_requested),
      stop_error_(record.error),
      halted_(record.stop_requested.has_value()),
      ended_(is_settled(record.state)),
      state_(record.state),
      error_(record.error),
      finished_at_(record.finished_at) {
  owed_ = expansion_.resume(steps_);
  add_runs();
  for (StepIndex step = 0; step < steps_.size(); ++step) restore_run(step);
  for (StepIndex step = 0; step < steps_.size(); ++step) link(step, steps_[step].dependencies);
  for (StepIndex step = 0; step < steps_.size(); ++step) restore_failure(step);
}

DagExecutor DagExecutor::restore(const TaskRecord& record, Times now, const StepLimits& limits) {
  DagExecutor executor(record, limits);
  for (StepIndex step = 0; step < executor.steps_.size(); ++step) executor.queue_restored(step, now);
  return executor;
}

void DagExecutor::restore_run(StepIndex index) {
  const WorkflowStep& step = steps_[index];
  Run& run = runs_[index];
  run.state = step.state;
  run.attempts = step.attempts;
  run.deaths = deaths_in(step.history);
  if (is_final(step.state)) close(index);
}

/// Cancelled steps are left over when a person lets a task go on from one step: what waits for them can't run either.
void DagExecutor::restore_failure(StepIndex index) {
  const WorkflowStep& step = steps_[index];
  if (step.state == StepState::Cancelled) block_descendants(index);
  if (step.state != StepState::Error) return;
  ++failed_;
  if (step.error && step.error->kind == ErrorKind::MaybeExecuted) ++undecidable_;
  if (!is_set_aside(index)) block_descendants(index);
}

void DagExecutor::queue_restored(StepIndex index, Times now) {
  const Run& run = runs_[index];
  if (!run.open || run.unmet > 0) return;
  const Duration wait = run.state == StepState::WaitingForRetry ? rest_of_wait(steps_[index], now.wall) : Duration{};
  if (wait > Duration{}) {
    retries_.push({now.steady + wait, index});
  } else {
    ready_.push_back(index);
  }
}

Transition DagExecutor::recover(Predecessor predecessor, Times now) {
  Transition transition = this->transition(now);
  if (predecessor == Predecessor::Died) {
    DispatchId dispatch = last_dispatch();
    // What gets a row is ready again when that row is durable.
    for (const StepIndex step : std::exchange(ready_, {})) {
      may_have_run(step) ? record_loss(transition, step, ++dispatch) : ready_.push_back(step);
    }
  }
  if (!stopped_) {
    transition.created = std::exchange(owed_, {});
    adopt(transition.created);
  }
  for (StepIndex step = 0; step < steps_.size(); ++step) {
    const bool counts = steps_[step].state == StepState::Error && !is_set_aside(step);
    if (!counts) continue;
    if (is_worker(step)) stop_batch(transition, step, now.wall);
    if (task_.task_template->on_failure == OnFailure::StopNew) halt_for_failure(transition, now.wall);
  }
  if (stopped_) cancel_all_that_rests(transition, now.wall);
  conclude(transition);
  return transition;
}

TaskRecord reported(TaskRecord record) {
  if (is_settled(record.state)) record.steps = DagExecutor::restore(record, {}).record().steps;
  return record;
}

DispatchId DagExecutor::last_dispatch() const {
  DispatchId last = 0;
  for (const WorkflowStep& step : steps_) {
    for (const AttemptRecord& attempt : step.history) last = std::max(last, attempt.dispatch);
  }
  return last;
}

/// It was ready, so it may have been sent. The start of an `at_most_once` step is on disk before it is.
bool DagExecutor::may_have_run(StepIndex step) const {
  return !step_template(step).at_most_once || runs_[step].state == StepState::InProgress;
}

void DagExecutor::record_loss(Transition& transition, StepIndex step, DispatchId dispatch) {
  const Run& run = runs_[step];
  const bool undecidable = step_template(step).at_most_once;
  StepChange change;
  change.step = step;
  change.from = run.state;
  change.to = undecidable ? StepState::Error : run.state;
  change.attempts_before = run.attempts;
  change.attempts = run.attempts + (undecidable ? 1 : 0);
  change.error = undecidable ? engine_lost(ErrorKind::MaybeExecuted) : steps_[step].error;
  change.at = transition.at;
  AttemptReport report;
  report.started_at = transition.at;
  change.attempt =
      AttemptRecord{dispatch, static_cast<int>(run.attempts) + 1, undecidable ? "maybe_executed" : "engine_lost",
                    report, engine_lost(undecidable ? ErrorKind::MaybeExecuted : ErrorKind::WorkerLost)};
  decide(transition, std::move(change));
  if (undecidable) fail(transition, step, transition.steps.back().error);
}

}  // namespace tasker
