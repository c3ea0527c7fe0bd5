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
      flight_(config_.flight),
      growth_(config_.growth_patience),
      supervisor_({config_.workers, config_.watch, config_.flight.patience}, config_.worker, launcher, clock, observer,
                  *this) {}

void WorkerPool::submit(StepContext context, StepReply reply) {
  const FlightPolicy::Handler handler = flight_.handler(context.step_template().handler.callable);
  queue_.push({context, std::move(reply), clock_.steady(), handler});
  pump();
}

void WorkerPool::step_ended(const StepEnd& end) {
  if (end.completed && end.took) flight_.answered(end.handler, *end.took);
  queue_.ended(end.dispatch);
}

Parcel WorkerPool::parcel_of(const QueuedStep& queued) const {
  const bool alone = queued.context.step_template().at_most_once;
  return {alone, alone ? 1 : flight_.depth(queued.handler), queued.bytes};
}

/// In the order they came: one that no worker takes holds up those after it, so that quick ones never keep a slow one
/// from its worker.
void WorkerPool::pump() {
  while (queue_.has_next()) {
    QueuedStep& next = queue_.next();
    Worker* worker = supervisor_.worker_for(parcel_of(next));
    if (!worker) break;
    Letter letter = write(*worker, next.context);
    next.bytes = letter.bytes();
    // Behind another one only what fits into the pipe: it looks for its worker again, with its size (which may be
    // another one there, where the context is held or not; each time round it grows, so this ends).
    if (!worker->accepts(parcel_of(next))) continue;
    send(*worker, std::move(letter));
  }
  growth_.see(queue_.has_next(), clock_.steady());
  if (queue_.has_next()) supervisor_.want(growth_.grows() ? supervisor_.busy() + queue_.eligible() : 1);
}

WorkerPool::Letter WorkerPool::write(const Worker& worker, const StepContext& context) {
  const StepTemplate& of = context.step_template();
  Letter letter;
  letter.timeout = of.timeout ? Duration(*of.timeout) : config_.step_timeout;
  letter.context = context_for(worker, context);
  letter.definition = definition_for(worker, context, letter.timeout);
  letter.params =
      requests_.params(context, letter.timeout, clock_.wall(), {letter.context.plan.ref, letter.definition.plan.ref});
  return letter;
}

std::size_t WorkerPool::Letter::bytes() const {
  return params.size() + kEnvelopeBytes + preface_bytes(context) + preface_bytes(definition);
}

/// A task of one step would only pay for a message more; a put is a line, and a line has its limit.
Shelved WorkerPool::context_for(const Worker& worker, const StepContext& context) const {
  const JsonText& value = context.task().context;
  const std::size_t bytes = value.text().size();
  if (bytes + kEnvelopeBytes > config_.worker.limits.max_bytes || context.total_steps() < 2) return {};
  return {worker.plan_context(context.task().id, bytes), context.task().id, value};
}

Shelved WorkerPool::definition_for(const Worker& worker, const StepContext& context, Duration timeout) {
  if (!worker.keeps_definitions()) return {};
  const StepDefinition& definition = requests_.definition(context, timeout);
  const std::size_t bytes = definition.text.text().size();
  if (bytes + kEnvelopeBytes > config_.worker.limits.max_bytes) return {};
  return {worker.plan_definition(definition.id, bytes), definition.id, definition.text};
}

void WorkerPool::send(Worker& worker, Letter letter) {
  const Parcel parcel = parcel_of(queue_.next());
  QueuedStep queued = queue_.pop();
  const StepContext& context = queued.context;
  StepJob job{std::move(queued.reply)};
  job.timeout = letter.timeout;
  job.params = std::move(letter.params);
  if (job.params.size() + kEnvelopeBytes > config_.worker.limits.max_bytes) return refuse(job, context);
  job.queued = clock_.steady() - queued.since;
  job.at_most_once = parcel.alone;
  job.depth = parcel.depth;
  job.handler = queued.handler;
  job.context = std::move(letter.context);
  job.definition = std::move(letter.definition);
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
