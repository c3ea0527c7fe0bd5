#include "worker/worker_pool.hpp"

#include <utility>

namespace tasker::worker {

WorkerPool::WorkerPool(PoolConfig config, ProcessLauncher& launcher, const Clock& clock, Observer& observer,
                       Listener listener)
    : config_(std::move(config)),
      clock_(clock),
      listener_(std::move(listener)),
      requests_(config_.worker.environment),
      supervisor_(config_.workers, config_.worker, launcher, clock, observer, *this) {}

void WorkerPool::submit(StepContext context, StepReply reply) {
  const DispatchId dispatch = context.dispatch();
  queued_.emplace(dispatch, Queued{context, std::move(reply), clock_.steady()});
  order_.push_back(dispatch);
  pump();
}

void WorkerPool::pump() {
  while (!queued_.empty()) {
    Worker* worker = supervisor_.ready_worker();
    if (!worker) break;
    const DispatchId dispatch = order_.front();
    order_.pop_front();
    auto next = queued_.extract(dispatch);
    if (next.empty()) continue;  // taken back
    send(*worker, std::move(next.mapped()));
  }
  if (queued_.empty()) {
    order_.clear();
  } else {
    supervisor_.want(supervisor_.busy() + queued_.size());
  }
}

void WorkerPool::send(Worker& worker, Queued queued) {
  const StepTemplate& of = queued.context.step_template();
  const Times now = clock_.now();
  const Duration timeout = of.timeout ? Duration(*of.timeout) : config_.step_timeout;
  Worker::Job job{std::move(queued.reply), requests_.params(queued.context, timeout, now.wall),
                  now.steady - queued.since, timeout, of.at_most_once};
  worker.run(std::move(job));
}

void WorkerPool::cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency) {
  // Whoever has not been sent is given back, whatever the urgency.
  if (auto taken = queued_.extract(dispatch); !taken.empty()) return taken.mapped().reply.answer(NotStarted{});
  if (Worker* worker = supervisor_.running(dispatch)) worker->cancel(dispatch, reason, urgency);
}

void WorkerPool::tick(TimePoint now) {
  supervisor_.tick(now);
  pump();
}

PoolSnapshot WorkerPool::snapshot() const {
  PoolSnapshot snapshot = supervisor_.snapshot(clock_.steady());
  snapshot.queued = queued_.size();
  return snapshot;
}

void WorkerPool::stop() {
  auto queued = std::exchange(queued_, {});
  order_.clear();
  for (auto& [dispatch, waiting] : queued) waiting.reply.answer(NotStarted{});
  supervisor_.stop();
}

}  // namespace tasker::worker
