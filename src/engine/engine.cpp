#include "tasker/engine.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <unordered_map>
#include <utility>

#include "core/failpoint.hpp"
#include "core/time_text.hpp"
#include "engine/active_task.hpp"
#include "engine/log_keeper.hpp"
#include "engine/pending_writes.hpp"
#include "tasker/handler_registry.hpp"

namespace tasker {

namespace {

/// Where an answer belongs.
struct InFlight {
  ActiveTask* task;
  StepIndex step;
  int attempt;
  std::shared_ptr<StepHandler> handler;  ///< kept, so that a rebinding can't take it away from under a running step
};

struct Answer {
  DispatchId dispatch;
  StepOutcome outcome;
  AttemptReport report;
};

SharedError not_found(const HandlerRegistry& registry, const StepTemplate& step) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::HandlerNotFound;
  error->message = registry.unknown_message(step.handler.callable) + " (step \"" + step.name + "\")";
  error->retryable = false;
  return error;
}

SharedError task_timeout(const Task& task, Duration limit) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::Timeout;
  error->message = "the task \"" + task.task_template->name + "\" ran past its " + human_text(limit);
  error->retryable = false;
  return error;
}

/// A task that ended so many engines, one after the other and without a new result, gets no further one.
constexpr int kMostRecoveries = 5;

SharedError final_error(ErrorKind kind, std::string message) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = kind;
  error->message = std::move(message);
  error->retryable = false;
  return error;
}

std::optional<Duration> timeout_of(const Task& task) {
  if (task.timeout) return task.timeout;
  if (task.task_template->timeout) return Duration(*task.task_template->timeout);
  return std::nullopt;
}

}  // namespace

/// Drives: takes answers in, asks the executor, writes, applies what came back, sends what is ready.
class Engine::Impl final : public StepReplySink {
 public:
  Impl(Store& store, const HandlerRegistry& registry, const Clock& clock, Observer& observer,
       std::function<void()> wake, EngineConfig config)
      : store_(store),
        registry_(registry),
        clock_(clock),
        observer_(observer),
        wake_(std::move(wake)),
        limits_(config.limits),
        ids_(config.seed ? UuidGenerator(config.seed) : UuidGenerator::from_system()),
        random_(config.seed ? config.seed : std::random_device{}()) {}

  // Commits that are still under way must not find a dead engine. (Replies can't: handlers end before the engine does.)
  ~Impl() override { *alive_ = false; }

  TaskId submit(TaskRequest request) {
    const Times now = clock_.now();
    Task task;
    task.id = store_.next_task_id();
    task.uuid = ids_.next(now.wall);
    task.correlation_id = ids_.next(now.wall);
    task.task_template = std::move(request.task_template);
    task.context = std::move(request.context);
    task.requested_at = now.wall;
    task.timeout = request.timeout;
    task.run_id = std::move(request.run_id);
    task.line = request.line;
    task.unique_key = std::move(request.unique_key);
    task.handler_set = std::move(request.handler_set);

    std::vector<Uuid> uuids;
    uuids.reserve(task.task_template->steps.size());
    for (std::size_t i = 0; i < task.task_template->steps.size(); ++i) uuids.push_back(ids_.next(now.wall));
    auto active = std::make_unique<ActiveTask>(task, uuids, limits_);
    CreateTask create{task, TaskState::InProgress, {}};
    for (const WorkflowStep& step : active->executor.steps()) {
      create.step_uuids.push_back(step.uuid);
      create.step_templates.push_back(step.template_index);
    }
    if (const auto limit = timeout_of(task)) active->deadline = now.steady + *limit;
    tasks_.emplace(task.id, std::move(active));
    write(task.id, std::move(create));
    wake_();
    return task.id;
  }

  void adopt(Adoption adoption) {
    const Times now = clock_.now();
    auto owned = std::make_unique<ActiveTask>(adoption.record, now, limits_);
    ActiveTask& task = *owned;
    tasks_.emplace(task.id(), std::move(owned));
    last_dispatch_ = std::max(last_dispatch_, task.executor.last_dispatch());
    const int recoveries = adoption.record.recoveries + (adoption.died ? 1 : 0);
    write(task.id(), TakeOver{task.id(), adoption.record.fence, recoveries});
    using Predecessor = DagExecutor::Predecessor;
    record(task, task.executor.recover(adoption.died ? Predecessor::Died : Predecessor::SignedOff, now));
    last_dispatch_ += task.executor.steps().size();  // the rows of what may have run have numbers too
    if (recoveries > kMostRecoveries) {
      const std::string times = std::to_string(recoveries);
      record(task,
             task.executor.stop(
                 StopReason::Failed,
                 final_error(ErrorKind::EngineKiller, times + " engines died of this task, one after the other"), now));
    }
    restore_deadline(task, adoption.record, now);
    wake_();
  }

  void cancel(TaskId id) {
    if (ActiveTask* task = find(id)) stop(*task, StopReason::Cancelled, CancelReason::TaskCancelled, nullptr);
  }

  std::optional<TaskId> find_uuid(const std::string& uuid) const {
    for (const auto& [id, task] : tasks_) {
      if (task->executor.task().uuid.text() == uuid) return id;
    }
    return std::nullopt;
  }

  void drain() {
    draining_ = true;
    for (auto& [id, task] : tasks_) cancel_steps(*task, CancelReason::Drain, CancelUrgency::IfQueued);
    wake_();
  }

  void kill() {
    draining_ = true;
    for (auto& [id, task] : tasks_)
      cancel_steps(*task, task->stopping.value_or(CancelReason::Drain), CancelUrgency::Immediate);
    wake_();
  }

  void tick() {
    expire(clock_.steady());
    keep_logs(clock_.steady());
    // A handler may answer inside `process`: work on until nothing comes in any more, so that quick steps share a
    // commit.
    do {
      take_answers();
      dispatch_ready();
    } while (!answers_.empty());
    flush();
  }

  std::optional<TimePoint> next_deadline() const {
    std::optional<TimePoint> next;
    const auto consider = [&](std::optional<TimePoint> at) {
      if (at && (!next || *at < *next)) next = at;
    };
    for (const auto& [id, task] : tasks_) {
      if (!draining_ && !broken_) consider(task->executor.next_retry_at());
      if (!task->stopping) consider(task->deadline);
    }
    if (!broken_) consider(logs_.due());
    return next;
  }

  void shift_deadlines(Duration by) {
    for (auto& [id, task] : tasks_) {
      if (task->deadline) *task->deadline += by;
    }
  }

  bool quiet() const { return in_flight_.empty() && commits_under_way_ == 0 && pending_.empty() && answers_.empty(); }
  std::size_t active_tasks() const { return tasks_.size(); }
  const std::optional<StoreError>& store_error() const { return broken_; }
  std::optional<TaskRecord> snapshot(TaskId id) const {
    const auto found = tasks_.find(id);
    return found == tasks_.end() ? std::nullopt : std::optional(found->second->executor.record());
  }

  // StepReplySink: handlers report here, possibly from inside `process`. Answers wait for the tick.
  void step_started(DispatchId dispatch, int worker_pid) override {
    if (const InFlight* at = in_flight(dispatch)) {
      observe(StepStarted{at->task->executor.task(), at->task->executor.steps()[at->step], at->attempt, worker_pid});
    }
  }
  void step_progress(DispatchId dispatch, StepProgress progress) override {
    if (const InFlight* at = in_flight(dispatch)) {
      observe(StepProgressed{at->task->executor.task(), at->task->executor.steps()[at->step], progress});
    }
  }
  void step_log(DispatchId dispatch, StepLog log) override {
    const InFlight* at = in_flight(dispatch);
    if (!at) return;
    observe(StepLogged{at->task->executor.task(), at->task->executor.steps()[at->step], log});
    if (!store_.is_durable()) return;
    if (!logs_.due()) wake_();
    logs_.add(dispatch, {clock_.wall(), std::move(log.level), std::move(log.message), std::move(log.fields)},
              clock_.steady());
  }
  void step_answered(DispatchId dispatch, StepOutcome outcome, AttemptReport report) override {
    answers_.push_back({dispatch, std::move(outcome), report});
    wake_();
  }

 private:
  template <typename E>
  void observe(E event) {
    observer_.on_event(Event(event), clock_.wall());
  }

  ActiveTask* find(TaskId id) {
    const auto found = tasks_.find(id);
    return found == tasks_.end() ? nullptr : found->second.get();
  }
  const InFlight* in_flight(DispatchId dispatch) const {
    const auto found = in_flight_.find(dispatch);
    return found == in_flight_.end() ? nullptr : &found->second;
  }

  double random() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  // --- deadlines and stops ---

  /// What is left of the task's time; the wall clock has seen the engine before.
  void restore_deadline(ActiveTask& task, const TaskRecord& record, Times now) {
    const auto limit = timeout_of(record.task);
    if (record.stop_requested == StopReason::TimedOut) task.stopping = CancelReason::TaskTimeout;
    if (record.stop_requested == StopReason::Cancelled) task.stopping = CancelReason::TaskCancelled;
    if (!limit) return;
    const Duration spent = now.wall - record.started_at.value_or(now.wall);
    task.deadline = now.steady + std::clamp<Duration>(*limit - spent, Duration{}, *limit);
  }

  void expire(TimePoint now) {
    for (auto& [id, task] : tasks_) {
      if (task->stopping || !task->deadline || *task->deadline > now) continue;
      stop(*task, StopReason::TimedOut, CancelReason::TaskTimeout,
           task_timeout(task->executor.task(), *timeout_of(task->executor.task())));
    }
  }

  /// Commits the wish first; what runs is asked to stop when that is durable (`applied`).
  void stop(ActiveTask& task, StopReason reason, CancelReason cancel_reason, SharedError error) {
    if (task.stopping || task.executor.ended()) return;
    task.stopping = cancel_reason;
    record(task, task.executor.stop(reason, std::move(error), clock_.now()));
    wake_();
  }

  void cancel_steps(ActiveTask& task, CancelReason reason, CancelUrgency urgency) {
    // A handler may answer at once, so go over a copy.
    const std::vector<DispatchId> dispatches(task.in_flight.begin(), task.in_flight.end());
    for (const DispatchId dispatch : dispatches) {
      if (const InFlight* at = in_flight(dispatch)) at->handler->cancel(dispatch, reason, urgency);
    }
  }

  // --- answers ---

  void take_answers() {
    std::vector<Answer> answers;
    answers.swap(answers_);
    for (Answer& answer : answers) take(answer);
  }

  void take(Answer& answer) {
    const auto found = in_flight_.find(answer.dispatch);
    if (found == in_flight_.end()) return;
    const InFlight at = std::move(found->second);
    in_flight_.erase(found);
    at.task->in_flight.erase(answer.dispatch);
    failpoint("answer");
    keep_log(*at.task, at.step, answer.dispatch, logs_.finish(answer.dispatch, clock_.wall()));
    if (at.task->dropped) return forget_dropped(*at.task);
    record(*at.task,
           at.task->executor.finish(at.step, std::move(answer.outcome), answer.report, clock_.now(), random()));
    if (at.task->executor.halted() && !at.task->stopping) {
      cancel_steps(*at.task, CancelReason::TaskCancelled, CancelUrgency::IfQueued);
    }
  }

  // --- writing ---

  void record(ActiveTask& task, Transition transition) {
    transition.fence = task.fence;
    if (writes_anything(transition)) {
      write(task.id(), std::move(transition));
    } else {
      apply(task, transition);
    }
  }

  void write(TaskId task, StoreWrite change) { pending_.add(task, std::move(change)); }

  void flush() {
    if (pending_.empty() || broken_) return;
    for (auto& [task, batch] : pending_.take()) {
      ++commits_under_way_;
      store_.commit(std::move(batch),
                    [this, id = task, alive = alive_](StoreBatch done, std::optional<StoreError> error) {
                      if (*alive) durable(id, done, std::move(error));
                    });
    }
  }

  void durable(TaskId id, const StoreBatch& batch, std::optional<StoreError> error) {
    --commits_under_way_;
    if (error) {
      refused(id, *error);
    } else {
      for (const StoreWrite& change : batch.writes) applied(change);
    }
    wake_();
  }

  void applied(const StoreWrite& change) {
    if (const auto* create = std::get_if<CreateTask>(&change)) {
      begin(create->task.id);
    } else if (const auto* take_over = std::get_if<TakeOver>(&change)) {
      begin(take_over->task);
    } else if (const auto* transition = std::get_if<Transition>(&change)) {
      if (ActiveTask* task = find(transition->task)) apply(*task, *transition);
    }
  }

  void begin(TaskId id) {
    ActiveTask* task = find(id);
    if (!task) return;
    task->durable = true;
    observe(TaskStarted{task->executor.task()});
  }

  /// What the store says no to. The store itself at fault: everything stops. Otherwise it is about one task.
  void refused(TaskId id, const StoreError& error) {
    if (error.kind == StoreError::Kind::Unavailable) {
      if (!broken_) broken_ = error;
      return;
    }
    ActiveTask* task = find(id);
    if (!task) return;
    if (error.kind == StoreError::Kind::Refused && task->durable && !task->refused) return end_refused(*task, error);
    drop(*task, error);
  }

  /// Its writes can't be stored: the end is, with the reason.
  void end_refused(ActiveTask& task, const StoreError& error) {
    task.refused = true;
    Transition end{task.id(), {}, TaskState::Error, final_error(ErrorKind::StoreRefused, error.message), clock_.wall()};
    end.fence = task.fence;
    write(task.id(), std::move(end));
    cancel_steps(task, CancelReason::TaskCancelled, CancelUrgency::Immediate);
  }

  void drop(ActiveTask& task, const StoreError& why) {
    task.dropped = true;
    observe(TaskDropped{task.executor.task(), why});
    waiting_starts_.erase(task.id());
    cancel_steps(task, CancelReason::TaskCancelled, CancelUrgency::Immediate);
    const auto found = tasks_.find(task.id());
    dropped_.push_back(std::move(found->second));
    tasks_.erase(found);
    forget_dropped(task);
  }

  void forget_dropped(ActiveTask& task) {
    if (task.in_flight.empty()) std::erase_if(dropped_, [&](const auto& owned) { return owned.get() == &task; });
  }

  // --- logs ---

  void keep_logs(TimePoint now) {
    if (!logs_.due() || *logs_.due() > now) return;
    for (const DispatchId dispatch : logs_.waiting()) {
      if (const InFlight* at = in_flight(dispatch)) keep_log(*at->task, at->step, dispatch, logs_.take(dispatch));
    }
  }

  void keep_log(const ActiveTask& task, StepIndex step, DispatchId dispatch, std::vector<LogLine> lines) {
    if (!lines.empty() && !task.dropped) write(task.id(), AppendLogs{task.id(), step, dispatch, std::move(lines)});
  }

  void apply(ActiveTask& task, const Transition& transition) {
    if (task.refused && !transition.task_state) return;  // decided before its end was
    task.executor.committed(transition, clock_.steady());
    for (const StepChange& change : transition.steps) tell(task, change);
    if (!transition.created.empty()) {
      const auto& steps = task.executor.steps();
      observe(StepsCreated{task.executor.task(), steps[creator(task, transition)], transition.created.size(),
                           steps.size()});
    }
    send_committed_starts(task, transition);
    if (task.stopping && !task.stop_sent) {
      task.stop_sent = true;
      cancel_steps(task, *task.stopping, CancelUrgency::IfQueued);
      cancel_steps(task, *task.stopping, CancelUrgency::Graceful);
    }
    if (task.executor.ended()) end(task);
  }

  /// The step whose results created steps: the one that has just answered, or, when a task is taken up, the first that
  /// they wait for and that may create.
  static StepIndex creator(const ActiveTask& task, const Transition& transition) {
    for (const StepChange& change : transition.steps) {
      if (change.to == StepState::Complete) return change.step;
    }
    for (const CreatedStep& created : transition.created) {
      for (const StepIndex parent : created.dependencies) {
        const StepIndex of = task.executor.steps()[parent].template_index;
        const StepType type = task.executor.task().task_template->steps[of].type;
        if (type == StepType::Decision || type == StepType::Batchable) return parent;
      }
    }
    return 0;
  }

  void tell(const ActiveTask& task, const StepChange& change) {
    if (!change.attempt && change.to != StepState::Cancelled) return;
    const Task& of = task.executor.task();
    const WorkflowStep& step = task.executor.steps()[change.step];
    if (change.to == StepState::Complete) observe(StepCompleted{of, step});
    if (change.to == StepState::Error) observe(StepFailed{of, step});
    if (change.to == StepState::WaitingForRetry && change.retry_delay)
      observe(RetryScheduled{of, step, *change.retry_delay});
  }

  void end(ActiveTask& task) {
    const TaskRecord record = task.executor.record();
    const TaskId id = task.id();
    // Steps that still run (of a task that the store refused) answer to nobody.
    task.dropped = true;
    const auto found = tasks_.find(id);
    dropped_.push_back(std::move(found->second));
    tasks_.erase(found);
    forget_dropped(task);
    observe(TaskEnded{record});
    if (!store_.is_durable()) write(id, ForgetTask{id});
  }

  // --- sending ---

  void dispatch_ready() {
    if (draining_ || broken_) return;
    const TimePoint now = clock_.steady();
    for (auto& [id, task] : tasks_) {
      if (!task->durable || task->refused || task->executor.halted()) continue;
      for (const StepIndex step : task->executor.ready(now)) dispatch(*task, step);
    }
  }

  void dispatch(ActiveTask& task, StepIndex step) {
    const DispatchId dispatch = ++last_dispatch_;
    auto started = task.executor.start(step, dispatch, clock_.now());
    const auto& names = task.executor.task().task_template->steps[task.executor.steps()[step].template_index];
    auto handler = registry_.find(names.handler.callable);
    in_flight_.emplace(dispatch, InFlight{&task, step, started.attempt, handler});
    task.in_flight.insert(dispatch);
    if (!handler) {
      answers_.push_back({dispatch, Failed{not_found(registry_, names)}, {}});
    } else if (started.commit_first) {
      started.commit_first->fence = task.fence;
      write(task.id(), std::move(*started.commit_first));
      waiting_starts_[task.id()].push_back(dispatch);
    } else {
      send(dispatch);
    }
  }

  void send(DispatchId dispatch) {
    const InFlight& at = in_flight_.at(dispatch);
    const auto handler = at.handler;
    handler->process(StepContext(at.task->executor, at.step, dispatch, at.attempt), StepReply(*this, dispatch));
  }

  /// `at_most_once` steps whose start has just become durable.
  void send_committed_starts(ActiveTask& task, const Transition& transition) {
    const auto waiting = waiting_starts_.find(task.id());
    if (waiting == waiting_starts_.end()) return;
    for (const StepChange& change : transition.steps) {
      if (change.to != StepState::InProgress || change.attempt) continue;
      const auto found = std::find_if(waiting->second.begin(), waiting->second.end(), [&](DispatchId dispatch) {
        return in_flight_.contains(dispatch) && in_flight_.at(dispatch).step == change.step;
      });
      if (found == waiting->second.end()) continue;
      const DispatchId dispatch = *found;
      waiting->second.erase(found);
      if (draining_ || task.stopping) {
        step_answered(dispatch, NotStarted{}, {});
      } else {
        send(dispatch);
      }
    }
    if (waiting->second.empty()) waiting_starts_.erase(waiting);
  }

  Store& store_;
  const HandlerRegistry& registry_;
  const Clock& clock_;
  Observer& observer_;
  std::function<void()> wake_;
  StepLimits limits_;
  UuidGenerator ids_;
  std::mt19937_64 random_;
  std::map<TaskId, std::unique_ptr<ActiveTask>> tasks_;
  std::unordered_map<DispatchId, InFlight> in_flight_;
  std::unordered_map<TaskId, std::vector<DispatchId>> waiting_starts_;
  std::vector<Answer> answers_;
  std::vector<std::unique_ptr<ActiveTask>> dropped_;
  PendingWrites pending_;
  LogKeeper logs_;
  DispatchId last_dispatch_ = 0;
  std::size_t commits_under_way_ = 0;
  bool draining_ = false;
  std::optional<StoreError> broken_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Engine::Engine(Store& store, const HandlerRegistry& registry, const Clock& clock, Observer& observer,
               std::function<void()> wake, EngineConfig config)
    : impl_(std::make_unique<Impl>(store, registry, clock, observer, std::move(wake), config)) {}
Engine::~Engine() = default;
void Engine::adopt(Adoption adoption) { impl_->adopt(std::move(adoption)); }
TaskId Engine::submit(TaskRequest request) { return impl_->submit(std::move(request)); }
void Engine::cancel(TaskId task) { impl_->cancel(task); }
std::optional<TaskId> Engine::find(const std::string& uuid) const { return impl_->find_uuid(uuid); }
void Engine::drain() { impl_->drain(); }
void Engine::kill() { impl_->kill(); }
void Engine::tick() { impl_->tick(); }
std::optional<TimePoint> Engine::next_deadline() const { return impl_->next_deadline(); }
void Engine::shift_deadlines(Duration by) { impl_->shift_deadlines(by); }
bool Engine::quiet() const { return impl_->quiet(); }
std::size_t Engine::active_tasks() const { return impl_->active_tasks(); }
const std::optional<StoreError>& Engine::store_error() const { return impl_->store_error(); }
std::optional<TaskRecord> Engine::snapshot(TaskId task) const { return impl_->snapshot(task); }

}  // namespace tasker
