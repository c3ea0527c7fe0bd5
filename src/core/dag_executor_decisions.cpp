#include "core/dag_executor.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

// DagExecutor's decisions: what an answer or a stop means. Nothing here touches what is committed.
namespace tasker {

bool writes_anything(const Transition& transition) {
  return transition.task_state || transition.stop || !transition.created.empty() ||
         std::any_of(transition.steps.begin(), transition.steps.end(), [](const StepChange& change) {
           return change.from != change.to || change.attempt || change.checkpoint;
         });
}

// --- what an answer means
// ----------------------------------------------------------------------------------------------

Transition DagExecutor::finish(StepIndex step, StepOutcome outcome, const AttemptReport& report, Times now,
                               double random) {
  Run& run = runs_[step];
  if (!run.running) throw std::logic_error("step \"" + steps_[step].name + "\" is finished without a start");
  run.running = false;
  --running_;
  if (const auto* lost = std::get_if<WorkerLost>(&outcome); lost && !lost->by_engine) ++run.deaths;
  if (const auto* given_back = std::get_if<NotStarted>(&outcome); given_back && given_back->death) ++run.deaths;

  Transition transition = this->transition(now);
  const Verdict verdict = judge_answer(step, outcome, random, transition.created);
  if (verdict.to != StepState::InProgress) leave_lane(step);
  decide(transition, change_of(step, verdict, outcome, report, now));
  adopt(transition.created);
  if (verdict.to == StepState::Error) fail(transition, step, verdict.error);
  // Closed here and not at `decide`: given back while nothing new may start, so it never will.
  if (verdict.to == StepState::Pending && halted_) close(step);
  conclude(transition);
  return transition;
}

Verdict DagExecutor::judge_answer(StepIndex step, const StepOutcome& outcome, double random,
                                  std::vector<CreatedStep>& created) {
  const Run& run = runs_[step];
  Verdict verdict =
      judge(outcome,
            {step_template(step), static_cast<int>(run.attempts), run.deaths, steps_[step].checkpoint, may_go_on(step)},
            random);
  // Given back while nothing new may start: what never ran stays pending, the rest counts as new and is cancelled.
  const bool untouched = verdict.outcome.empty() && run.state == StepState::Pending && !stopped_;
  const bool stays = untouched && !stopped_batches_.contains(run.template_index);
  if (!may_go_on(step) && verdict.to == StepState::Pending && !stays) verdict.to = StepState::Cancelled;

  const StepType type = step_template(step).type;
  const auto* succeeded = std::get_if<Succeeded>(&outcome);
  // A task that is stopped takes the results, and gets no new steps.
  if (!succeeded || stopped_ || (type != StepType::Decision && type != StepType::Batchable)) return verdict;
  auto expanded = expansion_.expand(run.template_index, succeeded->results);
  if (auto* bad = std::get_if<BadOutcome>(&expanded)) {
    return refuse_results(std::move(bad->message), std::move(bad->error_code));
  }
  created = std::get<std::vector<CreatedStep>>(std::move(expanded));
  return verdict;
}

StepChange DagExecutor::change_of(StepIndex step, const Verdict& verdict, StepOutcome& outcome,
                                  const AttemptReport& report, Times now) {
  const Run& run = runs_[step];
  StepChange change;
  change.step = step;
  change.from = run.state;
  // Nothing ran: the step stays what it is on disk, unless its task is stopping.
  change.to = verdict.outcome.empty() && verdict.to == StepState::Pending ? run.state : verdict.to;
  change.attempts_before = run.attempts;
  change.attempts = run.attempts + (verdict.consumed ? 1 : 0);
  change.error = verdict.error;
  change.retry_delay = verdict.delay;
  change.at = now.wall;
  if (auto* succeeded = std::get_if<Succeeded>(&outcome); succeeded && verdict.to == StepState::Complete) {
    change.results = std::move(succeeded->results);
    change.output = std::move(succeeded->output);
  }
  if (auto* yielded = std::get_if<Yielded>(&outcome)) change.checkpoint = std::move(yielded->checkpoint);
  if (!verdict.outcome.empty()) {
    change.attempt = AttemptRecord{run.dispatch, static_cast<int>(run.attempts) + 1, std::string(verdict.outcome),
                                   report, verdict.to == StepState::Complete ? nullptr : verdict.error};
  }
  return change;
}

// --- bookkeeping of decisions
// ------------------------------------------------------------------------------------------

void DagExecutor::decide(Transition& transition, StepChange change) {
  Run& run = runs_[change.step];
  run.state = change.to;
  run.attempts = change.attempts;
  if (is_final(change.to)) close(change.step);
  transition.steps.push_back(std::move(change));
}

void DagExecutor::close(StepIndex step) {
  if (!runs_[step].open) return;
  runs_[step].open = false;
  --open_;
}

/// Created steps count from now on, and get their rows with the transition. Their ids follow from their names, so a
/// crash before that commit makes the same steps again.
void DagExecutor::adopt(std::vector<CreatedStep>& created) {
  for (CreatedStep& step : created) {
    step.uuid = Uuid::named(task_.uuid, step.name);
    add_run(step.template_index);
  }
  for (const CreatedStep& step : created) link(step.index, step.dependencies);
  for (const CreatedStep& step : created) {
    if (!halted_ && !can_never_run(step)) continue;
    close(step.index);
    block_descendants(step.index);
  }
}

/// One of its parents failed, or waits for such a one.
bool DagExecutor::can_never_run(const CreatedStep& step) const {
  return std::any_of(step.dependencies.begin(), step.dependencies.end(), [&](StepIndex parent) {
    return !runs_[parent].open && !frees_dependants(parent, runs_[parent].state);
  });
}

void DagExecutor::fail(Transition& transition, StepIndex step, const SharedError& error) {
  ++failed_;
  if (error && error->kind == ErrorKind::MaybeExecuted) ++undecidable_;
  if (is_set_aside(step)) return;
  block_descendants(step);
  if (is_worker(step)) stop_batch(transition, step, transition.at);
  if (task_.task_template->on_failure == OnFailure::StopNew) halt_for_failure(transition, transition.at);
}

/// A worker of a batch that goes on without it.
bool DagExecutor::is_set_aside(StepIndex failed) const {
  if (!is_worker(failed)) return false;
  const BatchConfig& config = batch_config_of(*task_.task_template, runs_[failed].template_index);
  return batch_failure_of(config.failure_strategy) == BatchFailure::Isolate;
}

bool DagExecutor::frees_dependants(StepIndex step, StepState state) const {
  return satisfies_dependants(state) || (state == StepState::Error && is_set_aside(step));
}

void DagExecutor::block_descendants(StepIndex step) {
  std::vector<StepIndex> queue{step};
  while (!queue.empty()) {
    const StepIndex at = queue.back();
    queue.pop_back();
    graph_.each_child(at, [&](StepIndex child) {
      if (!runs_[child].open) return;
      close(child);
      queue.push_back(child);
    });
  }
}

StepChange DagExecutor::cancellation(StepIndex step, WallTime at) const {
  StepChange change;
  change.step = step;
  change.from = runs_[step].state;
  change.to = StepState::Cancelled;
  change.attempts_before = change.attempts = runs_[step].attempts;
  if (step < steps_.size()) change.error = steps_[step].error;
  change.at = at;
  return change;
}

/// The first failure of a batch that fails fast: its other workers end before they begin.
void DagExecutor::stop_batch(Transition& transition, StepIndex failed, WallTime at) {
  const StepIndex of = runs_[failed].template_index;
  const BatchConfig& config = batch_config_of(*task_.task_template, of);
  if (batch_failure_of(config.failure_strategy) != BatchFailure::FailFast) return;
  if (!stopped_batches_.insert(of).second) return;
  const auto [first, count] = expansion_.places_of(of);
  for (StepIndex step = first; step < first + count; ++step) {
    if (runs_[step].open && !runs_[step].running) decide(transition, cancellation(step, at));
  }
}

void DagExecutor::halt_for_failure(Transition& transition, WallTime at) {
  if (halted_) return;
  halted_ = true;
  for (StepIndex step = 0; step < runs_.size(); ++step) {
    const Run& run = runs_[step];
    if (!run.open || run.running) continue;
    if (run.state == StepState::WaitingForRetry || run.state == StepState::InProgress) {
      decide(transition, cancellation(step, at));
    } else {
      close(step);
    }
  }
}

Transition DagExecutor::stop(StopReason reason, SharedError error, Times now) {
  Transition transition = this->transition(now);
  if (stopped_ || open_ == 0) return transition;
  stopped_ = reason;
  stop_error_ = std::move(error);
  halted_ = true;
  transition.stop = stopped_;
  transition.stop_error = stop_error_;
  cancel_all_that_rests(transition, now.wall);
  conclude(transition);
  return transition;
}

void DagExecutor::cancel_all_that_rests(Transition& transition, WallTime at) {
  for (StepIndex step = 0; step < runs_.size(); ++step) {
    if (!runs_[step].running && !is_final(runs_[step].state)) decide(transition, cancellation(step, at));
  }
}

void DagExecutor::conclude(Transition& transition) {
  if (open_ > 0) return;
  transition.task_state = final_state();
  if (stopped_ && stopped_ != StopReason::Cancelled) transition.task_error = stop_error_;
}

TaskState DagExecutor::final_state() const {
  if (undecidable_ > 0) return TaskState::BlockedByFailures;
  if (stopped_ == StopReason::Cancelled) return TaskState::Cancelled;
  if (stopped_ || failed_ > 0) return TaskState::Error;
  // Left over from a stop or failure that a person has done away with.
  const auto is_cancelled = [](const Run& run) { return run.state == StepState::Cancelled; };
  if (std::any_of(runs_.begin(), runs_.end(), is_cancelled)) return TaskState::Cancelled;
  return TaskState::Complete;
}

}  // namespace tasker
