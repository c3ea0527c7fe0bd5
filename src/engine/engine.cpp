#include "tasker/engine.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "core/failpoint.hpp"
#include "engine/admission.hpp"
#include "engine/agenda.hpp"
#include "engine/by_hand.hpp"
#include "engine/commit_queue.hpp"
#include "engine/dispatcher.hpp"
#include "engine/log_keeper.hpp"
#include "engine/news.hpp"
#include "engine/takeover.hpp"
#include "engine/task_table.hpp"
#include "engine/task_time.hpp"

namespace tasker {

namespace {

struct Answer {
  DispatchId dispatch;
  StepOutcome outcome;
  AttemptReport report;
};

constexpr const char* kNotHere = "the task has ended, or this engine does not run it";

SharedError store_refused(const StoreError& why) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::StoreRefused;
  error->message = why.message;
  error->retryable = false;
  return error;
}

}  // namespace

/// Drives: takes answers in, asks the task's executor, has its decision written, applies it once that is durable, sends
/// what has become ready. What each of these means is decided elsewhere.
class Engine::Impl final : public StepReplySink {
 public:
  Impl(Store& store, const HandlerRegistry& registry, const Clock& clock, Observer& observer,
       std::function<void()> wake, EngineConfig config)
      : store_(store),
        clock_(clock),
        observer_(observer),
        wake_(std::move(wake)),
        limits_(config.limits),
        ids_(config.seed ? UuidGenerator(config.seed) : UuidGenerator::from_system()),
        random_(config.seed ? config.seed : std::random_device{}()),
        commits_(store, [this](TaskId task, const StoreBatch& batch,
                               const std::optional<StoreError>& error) { settled(task, batch, error); }),
        dispatcher_(registry, commits_, *this) {}

  // --- tasks come and are stopped ---

  TaskId submit(TaskRequest request) {
    Admitted admitted = admit(std::move(request), store_.next_task_id(), ids_, limits_, clock_.now());
    const ActiveTask& task = tasks_.add(std::move(admitted.task));
    deadlines_.set(task.id(), task.deadline);
    commits_.add(task.id(), std::move(admitted.write));
    wake_();
    return task.id();
  }

  void adopt(const Adoption& adoption) {
    const Times now = clock_.now();
    const Takeover takeover(adoption);
    ActiveTask& task = tasks_.add(std::make_unique<ActiveTask>(adoption.record, now, limits_));
    if (!task.stopping) deadlines_.set(task.id(), task.deadline);
    dispatcher_.skip_to(task.executor.last_dispatch());
    commits_.add(task.id(), takeover.write);
    record(task, task.executor.recover(takeover.predecessor, now));
    dispatcher_.skip(task.executor.steps().size());  // the rows of what may have run have numbers too
    if (takeover.end) record(task, task.executor.stop(StopReason::Failed, takeover.end, now));
    wake_();
  }

  void cancel(TaskId id) {
    if (ActiveTask* task = tasks_.find(id)) stop(*task, StopReason::Cancelled, CancelReason::TaskCancelled, nullptr);
  }

  std::optional<std::string> retry(TaskId id, const std::string& step) {
    ActiveTask* task = tasks_.find(id);
    if (!task) return kNotHere;
    return change_by_hand(*task, rerun_by_hand(task->executor, step, clock_.now()));
  }

  std::optional<std::string> resolve(TaskId id, const std::string& step, JsonText results) {
    ActiveTask* task = tasks_.find(id);
    if (!task) return kNotHere;
    const DispatchId number = dispatcher_.take_number();
    return change_by_hand(*task, resolve_by_hand(task->executor, step, std::move(results), number, clock_.now()));
  }

  std::optional<TaskId> find_uuid(const std::string& uuid) const { return tasks_.find_uuid(uuid); }

  void drain() {
    draining_ = true;
    for (auto& [id, task] : tasks_.all()) dispatcher_.cancel(*task, CancelReason::Drain, CancelUrgency::IfQueued);
    wake_();
  }

  void kill() {
    draining_ = true;
    for (auto& [id, task] : tasks_.all())
      dispatcher_.cancel(*task, task->stopping.value_or(CancelReason::Drain), CancelUrgency::Immediate);
    wake_();
  }

  // --- time passes ---

  void tick() {
    expire(clock_.steady());
    keep_logs(clock_.steady());
    // A handler may answer inside `process`: work on until nothing comes in any more, so that quick steps share a
    // commit.
    do {
      take_answers();
      dispatch_ready();
    } while (!answers_.empty());
    commits_.flush();
  }

  std::optional<TimePoint> next_deadline() const {
    std::optional<TimePoint> next;
    const auto consider = [&](std::optional<TimePoint> at) {
      if (at && (!next || *at < *next)) next = at;
    };
    consider(deadlines_.next());
    if (!draining_ && !commits_.broken()) consider(retries_.next());
    if (!commits_.broken()) consider(logs_.due());
    return next;
  }

  void shift_deadlines(Duration by) { deadlines_.shift(by); }

  bool quiet() const { return dispatcher_.idle() && commits_.idle() && answers_.empty(); }
  std::size_t active_tasks() const { return tasks_.size(); }
  const std::optional<StoreError>& store_error() const { return commits_.broken(); }
  std::optional<TaskRecord> snapshot(TaskId id) const {
    const ActiveTask* task = tasks_.find(id);
    return task ? std::optional(task->executor.record()) : std::nullopt;
  }

  // --- StepReplySink: handlers report here, possibly from inside `process`. Answers wait for the tick ---

  void step_started(DispatchId dispatch, int worker_pid) override {
    if (const InFlight* at = dispatcher_.find(dispatch)) {
      observe(StepStarted{at->task->executor.task(), at->task->executor.steps()[at->step], at->attempt, worker_pid});
    }
  }
  void step_progress(DispatchId dispatch, StepProgress progress) override {
    if (const InFlight* at = dispatcher_.find(dispatch)) {
      observe(StepProgressed{at->task->executor.task(), at->task->executor.steps()[at->step], progress});
    }
  }
  void step_log(DispatchId dispatch, StepLog log) override {
    const InFlight* at = dispatcher_.find(dispatch);
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
  void observe(const Event& event) { observer_.on_event(event, clock_.wall()); }

  double random() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  void expire(TimePoint now) {
    for (const TaskId id : deadlines_.take_due(now)) {
      if (ActiveTask* task = tasks_.find(id))
        stop(*task, StopReason::TimedOut, CancelReason::TaskTimeout, over_its_time(task->executor.task()));
    }
  }

  /// Commits the wish first; what runs is asked to stop when that is durable (`apply`).
  void stop(ActiveTask& task, StopReason reason, CancelReason cancel_reason, SharedError error) {
    if (task.stopping || task.executor.ended()) return;
    task.stopping = cancel_reason;
    deadlines_.set(task.id(), std::nullopt);
    record(task, task.executor.stop(reason, std::move(error), clock_.now()));
    wake_();
  }

  std::optional<std::string> change_by_hand(ActiveTask& task, std::variant<Transition, CannotReopen> decided) {
    if (auto* why = std::get_if<CannotReopen>(&decided)) return std::move(why->message);
    record(task, std::get<Transition>(std::move(decided)));
    wake_();
    return std::nullopt;
  }

  // --- answers come in ---

  void take_answers() {
    std::vector<Answer> answers;
    answers.swap(answers_);
    for (Answer& answer : answers) take(answer);
  }

  void take(Answer& answer) {
    const auto at = dispatcher_.finish(answer.dispatch);
    if (!at) return;
    failpoint("answer");
    ActiveTask& task = *at->task;
    keep_log(task, at->step, answer.dispatch, logs_.finish(answer.dispatch, clock_.wall()));
    if (task.dropped) return tasks_.forget_if_idle(task);
    record(task, task.executor.finish(at->step, std::move(answer.outcome), answer.report, clock_.now(), random()));
    if (task.executor.halted() && !task.stopping) {
      dispatcher_.cancel(task, CancelReason::TaskCancelled, CancelUrgency::IfQueued);
    }
  }

  void keep_logs(TimePoint now) {
    if (!logs_.due() || *logs_.due() > now) return;
    for (const DispatchId dispatch : logs_.waiting()) {
      if (const InFlight* at = dispatcher_.find(dispatch))
        keep_log(*at->task, at->step, dispatch, logs_.take(dispatch));
    }
  }

  void keep_log(const ActiveTask& task, StepIndex step, DispatchId dispatch, std::vector<LogLine> lines) {
    if (!lines.empty() && !task.dropped) {
      commits_.add(task.id(), AppendLogs{task.id(), step, dispatch, std::move(lines)});
    }
  }

  // --- decisions are written, and applied when they are durable ---

  void record(ActiveTask& task, Transition transition) {
    look_again(task);
    transition.fence = task.fence;
    if (writes_anything(transition)) {
      commits_.add(task.id(), std::move(transition));
    } else {
      apply(task, transition);
    }
  }

  void settled(TaskId id, const StoreBatch& batch, const std::optional<StoreError>& error) {
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
      if (ActiveTask* task = tasks_.find(transition->task)) apply(*task, *transition);
    }
  }

  void begin(TaskId id) {
    ActiveTask* task = tasks_.find(id);
    if (!task) return;
    task->durable = true;
    look_again(*task);
    observe(TaskStarted{task->executor.task(), task->executor.steps()});
  }

  void apply(ActiveTask& task, const Transition& transition) {
    if (task.refused && !transition.task_state) return;  // decided before its end was
    task.executor.committed(transition, clock_.steady());
    look_again(task);
    for (const Event& event : news_of(task.executor, transition)) observe(event);
    dispatcher_.starts_committed(task, transition, !draining_ && !task.stopping);
    if (task.stopping && !task.stop_sent) {
      task.stop_sent = true;
      dispatcher_.cancel(task, *task.stopping, CancelUrgency::IfQueued);
      dispatcher_.cancel(task, *task.stopping, CancelUrgency::Graceful);
    }
    if (task.executor.ended()) end(task);
  }

  void end(ActiveTask& task) {
    const TaskRecord record = task.executor.record();
    const TaskId id = task.id();
    let_go(task);  // steps that still run (of a task that the store refused) answer to nobody
    observe(TaskEnded{record});
    if (!store_.is_durable()) commits_.add(id, ForgetTask{id});
  }

  // --- the store says no ---

  /// To everything: nothing is sent any more (`CommitQueue::broken`). Otherwise it is about one task.
  void refused(TaskId id, const StoreError& error) {
    if (error.kind == StoreError::Kind::Unavailable) return;
    ActiveTask* task = tasks_.find(id);
    if (!task) return;
    if (error.kind == StoreError::Kind::Refused && task->durable && !task->refused) return end_refused(*task, error);
    drop(*task, error);
  }

  /// Its writes can't be stored: the end is, with the reason.
  void end_refused(ActiveTask& task, const StoreError& error) {
    task.refused = true;
    Transition end{task.id(), {}, TaskState::Error, store_refused(error), clock_.wall()};
    end.fence = task.fence;
    commits_.add(task.id(), std::move(end));
    dispatcher_.cancel(task, CancelReason::TaskCancelled, CancelUrgency::Immediate);
  }

  /// It is not ours, or never came to be.
  void drop(ActiveTask& task, const StoreError& why) {
    task.dropped = true;
    observe(TaskDropped{task.executor.task(), why});
    dispatcher_.forget_starts(task.id());
    dispatcher_.cancel(task, CancelReason::TaskCancelled, CancelUrgency::Immediate);
    let_go(task);
  }

  void let_go(ActiveTask& task) {
    deadlines_.set(task.id(), std::nullopt);
    retries_.set(task.id(), std::nullopt);
    tasks_.let_go(task);
  }

  // --- what is ready is sent ---

  /// Something about it has changed: it may have steps that are ready, or wait for a retry.
  void look_again(ActiveTask& task) {
    if (!std::exchange(task.changed, true)) changed_.push_back(task.id());
    retries_.set(task.id(), task.executor.next_retry_at());
  }

  void dispatch_ready() {
    if (draining_ || commits_.broken()) return;
    const TimePoint now = clock_.steady();
    std::vector<TaskId> tasks = retries_.take_due(now);
    tasks.insert(tasks.end(), changed_.begin(), changed_.end());
    changed_.clear();
    std::sort(tasks.begin(), tasks.end());  // the oldest first
    tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
    for (const TaskId id : tasks) {
      if (ActiveTask* task = tasks_.find(id)) dispatch_ready(*task, now);
    }
  }

  void dispatch_ready(ActiveTask& task, TimePoint now) {
    task.changed = false;
    if (!task.durable || task.refused || task.executor.halted()) return;
    for (const StepIndex step : task.executor.ready(now)) dispatcher_.dispatch(task, step, clock_.now());
    retries_.set(task.id(), task.executor.next_retry_at());
  }

  Store& store_;
  const Clock& clock_;
  Observer& observer_;
  std::function<void()> wake_;
  StepLimits limits_;
  UuidGenerator ids_;
  std::mt19937_64 random_;
  TaskTable tasks_;
  CommitQueue commits_;
  Dispatcher dispatcher_;
  LogKeeper logs_;
  Agenda deadlines_;  ///< of tasks that are not being stopped
  Agenda retries_;
  std::vector<TaskId> changed_;  ///< since they were last asked what is ready
  std::vector<Answer> answers_;
  bool draining_ = false;
};

Engine::Engine(Store& store, const HandlerRegistry& registry, const Clock& clock, Observer& observer,
               std::function<void()> wake, EngineConfig config)
    : impl_(std::make_unique<Impl>(store, registry, clock, observer, std::move(wake), config)) {}
Engine::~Engine() = default;
void Engine::adopt(Adoption adoption) { impl_->adopt(adoption); }
TaskId Engine::submit(TaskRequest request) { return impl_->submit(std::move(request)); }
void Engine::cancel(TaskId task) { impl_->cancel(task); }
std::optional<std::string> Engine::retry(TaskId task, const std::string& step) { return impl_->retry(task, step); }
std::optional<std::string> Engine::resolve(TaskId task, const std::string& step, JsonText results) {
  return impl_->resolve(task, step, std::move(results));
}
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
