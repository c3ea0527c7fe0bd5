#include "worker/worker_pool.hpp"

#include <utility>

namespace tasker::worker {

namespace {

constexpr std::size_t kEnvelopeBytes = 128;  ///< what stands around the params of a request

}  // namespace

WorkerPool::WorkerPool(PoolConfig config, ProcessLauncher& launcher, const Clock& clock, Observer& observer,
                       Listener listener)
    : config_(std::move(config)),
      clock_(clock),
      listener_(std::move(listener)),
      requests_(config_.worker.environment),
      supervisor_({config_.workers, config_.watch}, config_.worker, launcher, clock, observer, *this) {}

void WorkerPool::submit(StepContext context, StepReply reply) {
  queue_.push({context, std::move(reply), clock_.steady()});
  pump();
}

void WorkerPool::pump() {
  while (queue_.has_next()) {
    Worker* worker = supervisor_.ready_worker(queue_.next().context.step_template().at_most_once);
    if (!worker) break;
    send(*worker, queue_.pop());
  }
  if (queue_.has_next()) supervisor_.want(supervisor_.busy() + queue_.eligible());
}

void WorkerPool::send(Worker& worker, QueuedStep queued) {
  const StepContext& context = queued.context;
  const StepTemplate& of = context.step_template();
  const Times now = clock_.now();
  StepJob job{std::move(queued.reply)};
  job.timeout = of.timeout ? Duration(*of.timeout) : config_.step_timeout;
  job.params = requests_.params(context, job.timeout, now.wall);
  if (job.params.size() > config_.worker.limits.max_bytes - kEnvelopeBytes) return refuse(job, context);
  job.queued = now.steady - queued.since;
  job.at_most_once = of.at_most_once;
  job.task_uuid = context.task().uuid;
  job.step_name = context.step().name;
  job.attempt = context.attempt();
  worker.run(std::move(job));
}

/// Whose it is, and its size.
std::string WorkerPool::biggest_result(const StepContext& context) {
  const WorkflowStep* biggest = nullptr;
  const auto size = [](const WorkflowStep& step) { return step.results.text().size(); };
  for (const SequenceEntry& entry : context.ancestors()) {
    if (!biggest || size(*entry.step) > size(*biggest)) biggest = entry.step;
  }
  if (!biggest) return "";
  return " (the biggest one, of \"" + biggest->name + "\", has " + std::to_string(size(*biggest)) + ")";
}

/// A line that the worker would not take is not sent: it would only end the worker.
void WorkerPool::refuse(StepJob& job, const StepContext& context) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::ResultTooLarge;
  error->message = "the request has " + std::to_string(job.params.size()) + " bytes with the results of " +
                   std::to_string(context.ancestors().size()) + " ancestors" + biggest_result(context) +
                   ", but a line may have " + std::to_string(config_.worker.limits.max_bytes) +
                   " at most; let the steps before it return less";
  error->retryable = false;
  const DispatchId dispatch = job.reply.dispatch();
  job.reply.answer(Failed{std::move(error)});
  queue_.ended(dispatch);
}

void WorkerPool::cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency) {
  // Whoever has not been sent is given back, whatever the urgency.
  if (auto taken = queue_.take(dispatch)) return taken->reply.answer(NotStarted{});
  if (Worker* worker = supervisor_.running(dispatch)) worker->cancel(dispatch, reason, urgency);
}

void WorkerPool::handlers_announced(const std::vector<HandlerInfo>& handlers) {
  queue_.set_caps(handlers);
  listener_.on_announced(handlers);
}

void WorkerPool::tick(TimePoint now) {
  supervisor_.tick(now);
  pump();
}

PoolSnapshot WorkerPool::snapshot() const {
  PoolSnapshot snapshot = supervisor_.snapshot(clock_.steady());
  snapshot.queued = queue_.size();
  return snapshot;
}

void WorkerPool::stop() {
  for (QueuedStep& waiting : queue_.take_all()) waiting.reply.answer(NotStarted{});
  supervisor_.stop();
}

}  // namespace tasker::worker
