#include "core/dag_executor.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace tasker {

namespace {

/// A step that has killed this many workers does not get another one (docs/reliability.md, "poison rule").
constexpr int kDeathsOfAWorkerKiller = 3;
constexpr std::size_t kMostBlockersNamed = 10;

SharedError with_kind(const SharedError& error, ErrorKind kind, std::string message, bool retryable) {
  auto changed = error ? std::make_shared<ErrorInfo>(*error) : std::make_shared<ErrorInfo>();
  changed->kind = kind;
  changed->message = std::move(message);
  changed->retryable = retryable;
  return changed;
}

bool asked_for_retry(const ErrorInfo& error) { return error.class_name.ends_with("RetryableError"); }

}  // namespace

bool writes_anything(const Transition& transition) {
  return transition.task_state ||
         std::any_of(transition.steps.begin(), transition.steps.end(), [](const StepChange& change) {
           return change.from != change.to || change.attempt || change.checkpoint;
         });
}

DagExecutor::DagExecutor(Task task, const std::vector<Uuid>& step_uuids)
    : task_(std::move(task)),
      dag_(dag_of(*task_.task_template)),
      steps_(dag_.size()),
      runs_(dag_.size()),
      open_(dag_.size()) {
  for (StepIndex step = 0; step < steps_.size(); ++step) {
    steps_[step].name = task_.task_template->steps[step].name;
    steps_[step].uuid = step_uuids.at(step);
    steps_[step].template_index = step;
    steps_[step].dependencies.assign(dag_.parents(step).begin(), dag_.parents(step).end());
    std::sort(steps_[step].dependencies.begin(), steps_[step].dependencies.end());
    runs_[step].unmet = static_cast<std::uint32_t>(dag_.parents(step).size());
    if (runs_[step].unmet == 0) ready_.push_back(step);
  }
}

std::vector<SequenceEntry> DagExecutor::ancestors(StepIndex step) const {
  const auto parents = dag_.parents(step);
  std::vector<SequenceEntry> entries;
  for (const StepIndex ancestor : dag_.ancestors(step)) {
    const bool direct = std::find(parents.begin(), parents.end(), ancestor) != parents.end();
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
  for (const StepIndex step : ready_) {
    if (runs_[step].open && !runs_[step].running && !halted_) steps.push_back(step);
  }
  ready_.clear();
  return steps;
}

std::optional<TimePoint> DagExecutor::next_retry_at() const {
  if (retries_.empty() || halted_) return std::nullopt;
  return retries_.top().at;
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
    started.commit_first = Transition{task_.id, {}, std::nullopt, nullptr, now.wall};
    decide(*started.commit_first, std::move(change));
  } else {
    set_state(step, StepState::InProgress);
  }
  return started;
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

  Transition transition{task_.id, {}, std::nullopt, nullptr, now.wall};
  Verdict verdict = judge(step, outcome, random);
  // Given back while nothing new may start: what never ran stays pending, the rest counts as new and is cancelled.
  const bool untouched = verdict.outcome.empty() && run.state == StepState::Pending && !stopped_;
  if (halted_ && verdict.to == StepState::Pending && !untouched) verdict.to = StepState::Cancelled;
  decide(transition, change_of(step, verdict, outcome, report, now));
  if (verdict.to == StepState::Error) {
    ++failed_;
    if (verdict.error && verdict.error->kind == ErrorKind::MaybeExecuted) ++undecidable_;
    block_descendants(step);
    if (task_.task_template->on_failure == OnFailure::StopNew) halt_for_failure(transition, now.wall);
  }
  // Closed here and not at `decide`: given back while nothing new may start, so it never will.
  if (verdict.to == StepState::Pending && halted_) close(step);
  conclude(transition);
  return transition;
}

DagExecutor::Verdict DagExecutor::judge(StepIndex step, const StepOutcome& outcome, double random) const {
  struct Judge {
    const DagExecutor& executor;
    StepIndex step;
    double random;
    Verdict operator()(const Succeeded&) const { return {StepState::Complete, "complete", nullptr, true, {}}; }
    Verdict operator()(const Yielded& yielded) const { return executor.judge_yield(step, yielded); }
    Verdict operator()(const Failed& failed) const {
      const bool once = executor.step_template(step).at_most_once;
      return executor.judge_failure(step, failed.error, random, !once || asked_for_retry(*failed.error));
    }
    Verdict operator()(const TimedOut& timed_out) const {
      if (!executor.step_template(step).at_most_once) return executor.judge_failure(step, timed_out.error, random);
      return {StepState::Error,
              "maybe_executed",
              with_kind(timed_out.error, ErrorKind::MaybeExecuted, "may have run: " + timed_out.error->message, false),
              true,
              {}};
    }
    Verdict operator()(const Cancelled& cancelled) const { return executor.judge_cancel(step, cancelled); }
    Verdict operator()(const WorkerLost& lost) const { return executor.judge_death(step, lost, random); }
    // The state it was in before: nothing happened.
    Verdict operator()(const NotStarted&) const { return {StepState::Pending, "", nullptr, false, {}}; }
  };
  return std::visit(Judge{*this, step, random}, outcome);
}

DagExecutor::Verdict DagExecutor::judge_failure(StepIndex step, SharedError error, double random,
                                                bool retry_allowed) const {
  const RetryPolicy& policy = step_template(step).retry;
  const std::string_view outcome = to_string(error->kind);
  const int attempts = static_cast<int>(runs_[step].attempts) + 1;
  if (!retry_allowed || !error->retryable || !may_retry(policy, attempts)) {
    return {StepState::Error, outcome, std::move(error), true, {}};
  }
  // A sibling that waits for its retry counts as new.
  if (halted_) return {StepState::Cancelled, outcome, std::move(error), true, {}};
  const Duration delay =
      error->retry_after ? requested_delay(policy, *error->retry_after) : backoff_delay(policy, attempts, random);
  return {StepState::WaitingForRetry, outcome, std::move(error), true, delay};
}

DagExecutor::Verdict DagExecutor::judge_death(StepIndex step, const WorkerLost& lost, double random) const {
  if (step_template(step).at_most_once) {
    return {StepState::Error,
            "maybe_executed",
            with_kind(lost.error, ErrorKind::MaybeExecuted, "may have run: " + lost.error->message, false),
            true,
            {}};
  }
  // The engine ended the worker for another step's sake: this one gets its attempt back.
  if (lost.by_engine) return {StepState::Pending, "interrupted", lost.error, false, {}};
  if (runs_[step].deaths >= kDeathsOfAWorkerKiller) {
    return {StepState::Error,
            "worker_killer",
            with_kind(lost.error, ErrorKind::WorkerKiller,
                      "killed " + std::to_string(runs_[step].deaths) + " workers; the last one: " + lost.error->message,
                      false),
            true,
            {}};
  }
  return judge_failure(step, lost.error, random);
}

DagExecutor::Verdict DagExecutor::judge_cancel(StepIndex step, const Cancelled& cancelled) const {
  if (step_template(step).at_most_once) {
    return {StepState::Error,
            "maybe_executed",
            with_kind(cancelled.error, ErrorKind::MaybeExecuted, "was stopped while it may have run", false),
            true,
            {}};
  }
  if (cancelled.reason == CancelReason::Drain) return {StepState::Pending, "interrupted", nullptr, false, {}};
  return {StepState::Cancelled, "cancelled", cancelled.error, true, {}};
}

DagExecutor::Verdict DagExecutor::judge_yield(StepIndex step, const Yielded& yielded) const {
  if (yielded.checkpoint == steps_[step].checkpoint) {
    return {StepState::Error,
            "permanent_error",
            with_kind(nullptr, ErrorKind::PermanentError,
                      "yielded the checkpoint it was given: " + yielded.checkpoint.text().substr(0, 200), false),
            true,
            {}};
  }
  if (halted_) return {StepState::Cancelled, "yielded", nullptr, true, {}};
  return {StepState::InProgress, "yielded", nullptr, false, {}};
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
  if (auto* succeeded = std::get_if<Succeeded>(&outcome)) {
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

void DagExecutor::block_descendants(StepIndex step) {
  std::vector<StepIndex> queue{step};
  while (!queue.empty()) {
    const StepIndex at = queue.back();
    queue.pop_back();
    for (const StepIndex child : dag_.children(at)) {
      if (!runs_[child].open) continue;
      close(child);
      queue.push_back(child);
    }
  }
}

void DagExecutor::halt_for_failure(Transition& transition, WallTime at) {
  if (halted_) return;
  halted_ = true;
  for (StepIndex step = 0; step < runs_.size(); ++step) {
    Run& run = runs_[step];
    if (!run.open || run.running) continue;
    if (run.state == StepState::WaitingForRetry || run.state == StepState::InProgress) {
      StepChange change;
      change.step = step;
      change.from = run.state;
      change.to = StepState::Cancelled;
      change.attempts_before = change.attempts = run.attempts;
      change.error = steps_[step].error;
      change.at = at;
      decide(transition, std::move(change));
    } else {
      close(step);
    }
  }
}

Transition DagExecutor::stop(StopReason reason, SharedError error, Times now) {
  Transition transition{task_.id, {}, std::nullopt, nullptr, now.wall};
  if (stopped_ || open_ == 0) return transition;
  stopped_ = reason;
  stop_error_ = std::move(error);
  halted_ = true;
  for (StepIndex step = 0; step < runs_.size(); ++step) {
    Run& run = runs_[step];
    if (run.running || is_final(run.state)) continue;
    StepChange change;
    change.step = step;
    change.from = run.state;
    change.to = StepState::Cancelled;
    change.attempts_before = change.attempts = run.attempts;
    change.error = steps_[step].error;
    change.at = now.wall;
    decide(transition, std::move(change));
  }
  conclude(transition);
  return transition;
}

void DagExecutor::conclude(Transition& transition) {
  if (open_ > 0) return;
  transition.task_state = final_state();
  if (stopped_ == StopReason::TimedOut) transition.task_error = stop_error_;
}

TaskState DagExecutor::final_state() const {
  if (undecidable_ > 0) return TaskState::BlockedByFailures;
  if (stopped_ == StopReason::Cancelled) return TaskState::Cancelled;
  if (stopped_ == StopReason::TimedOut || failed_ > 0) return TaskState::Error;
  return TaskState::Complete;
}

// --- what is durable
// ---------------------------------------------------------------------------------------------------

void DagExecutor::committed(const Transition& transition, TimePoint now) {
  for (const StepChange& change : transition.steps) apply(change, now);
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
    if (!step.started_at) step.started_at = change.attempt->report.started_at;
    step.history.push_back(*change.attempt);
  }
  if (is_final(change.to)) step.finished_at = change.at;
  if (satisfies_dependants(change.to)) free_children(change.step);
  if (run.state != change.to || is_start) return;  // decided otherwise meanwhile, or under way
  if (was_waiting) retries_.push({now + *change.retry_delay, change.step});
  if (change.to == StepState::Pending || change.to == StepState::InProgress) ready_.push_back(change.step);
  // Handed out after its wait and given back unsent: ready at once.
  if (change.to == StepState::WaitingForRetry && !change.retry_delay) ready_.push_back(change.step);
}

void DagExecutor::set_state(StepIndex step, StepState to) {
  if (!can_move(steps_[step].state, to)) {
    throw std::logic_error("step \"" + steps_[step].name + "\" can't go from " +
                           std::string(to_string(steps_[step].state)) + " to " + std::string(to_string(to)));
  }
  steps_[step].state = to;
}

void DagExecutor::free_children(StepIndex step) {
  for (const StepIndex child : dag_.children(step)) {
    if (--runs_[child].unmet == 0) ready_.push_back(child);
  }
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
  if (ended_ && failed_ > 0) explain_blocked(record.steps);
  return record;
}

void DagExecutor::explain_blocked(std::vector<WorkflowStep>& steps) const {
  std::vector<std::vector<StepIndex>> causes(steps.size());
  std::vector<StepIndex> failed;
  std::vector<StepIndex> order(steps.size());
  const auto levels = dag_.levels();
  for (StepIndex step = 0; step < steps.size(); ++step) {
    order[step] = step;
    if (steps[step].state == StepState::Error) failed.push_back(step);
  }
  std::stable_sort(order.begin(), order.end(), [&](StepIndex a, StepIndex b) { return levels[a] < levels[b]; });
  for (const StepIndex step : order) {
    auto& own = causes[step];
    for (const StepIndex parent : dag_.parents(step)) {
      if (steps[parent].state == StepState::Error) own.push_back(parent);
      own.insert(own.end(), causes[parent].begin(), causes[parent].end());
    }
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    if (own.size() > kMostBlockersNamed) own.resize(kMostBlockersNamed);
    if (steps[step].state != StepState::Pending) continue;
    // Under `stop_new` a step is also held up by failures it does not depend on.
    const auto& blockers = own.empty() ? failed : own;
    auto error = std::make_shared<ErrorInfo>();
    error->kind = ErrorKind::Blocked;
    error->retryable = false;
    for (const StepIndex blocker : blockers) {
      if (error->blocked_by.size() < kMostBlockersNamed) error->blocked_by.push_back(steps[blocker].name);
    }
    error->message = "not started: \"" + error->blocked_by.front() + "\" failed";
    steps[step].error = std::move(error);
  }
}

}  // namespace tasker
