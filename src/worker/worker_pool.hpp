#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "tasker/step_handler.hpp"
#include "worker/flight_policy.hpp"
#include "worker/growth_policy.hpp"
#include "worker/step_queue.hpp"
#include "worker/step_request.hpp"
#include "worker/supervisor.hpp"

namespace tasker::worker {

struct PoolConfig {
  std::size_t workers = 1;
  Duration step_timeout = std::chrono::seconds(600);
  bool watch = false;  ///< somebody edits the handler files: code that does not load is waited for
  Duration growth_patience = std::chrono::milliseconds(10);  ///< with steps that wait, before a further worker starts
  FlightConfig flight;
  WorkerSettings worker;
};

/// Hands steps to ready workers in the order they came, and stops them when asked. Loop thread.
class WorkerPool final : private SupervisorListener {
 public:
  struct Listener {
    std::function<void(const std::vector<HandlerInfo>& handlers)> on_announced;
    std::function<void(const BootReport& report)> on_no_worker;
    std::function<void()> on_workers_back;
    std::function<void()> wake;  ///< `tick` is due at once
  };

  WorkerPool(PoolConfig config, ProcessLauncher& launcher, const Clock& clock, Observer& observer, Listener listener);

  void submit(StepContext context, StepReply reply);
  void cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency);

  /// Starts a first worker, for its handshake.
  void boot() { supervisor_.want(1); }
  /// Boots a worker with the handler files as they are now, and serves them when it does.
  void reload() { supervisor_.reload(); }
  const std::vector<HandlerInfo>& handlers() const { return supervisor_.handlers(); }

  void tick(TimePoint now);
  TimePoint next_due() const { return std::min(supervisor_.next_due(), growth_.next_due()); }
  void shift_deadlines(Duration by) { supervisor_.shift_deadlines(by); }

  /// Gives back what was not sent and lets the workers end.
  void stop();
  void kill() { supervisor_.kill(); }
  PoolSnapshot snapshot() const;
  bool has_usable_worker() const { return supervisor_.has_usable_worker(); }
  bool all_gone() const { return supervisor_.all_gone(); }

 private:
  // SupervisorListener
  void worker_available() override { pump(); }
  void step_ended(const StepEnd& end) override;
  void tick_soon() override { listener_.wake(); }
  void handlers_announced(const std::vector<HandlerInfo>& handlers) override;
  void no_worker(const BootReport& report) override { listener_.on_no_worker(report); }
  void workers_back() override { listener_.on_workers_back(); }

  void pump();
  Parcel parcel_of(const QueuedStep& queued) const;
  /// A request, and what travels with it.
  struct Letter {
    Shelved context;
    Shelved definition;
    std::string params;
    Duration timeout{};
    std::size_t bytes() const;
  };
  Letter write(const Worker& worker, const StepContext& context);
  Shelved context_for(const Worker& worker, const StepContext& context) const;
  Shelved definition_for(const Worker& worker, const StepContext& context, Duration timeout);
  /// The next one.
  void send(Worker& worker, Letter letter);
  void refuse(StepJob& job, const StepContext& context);
  static std::string biggest_result(const StepContext& context);

  PoolConfig config_;
  const Clock& clock_;
  Listener listener_;
  StepRequestWriter requests_;
  FlightPolicy flight_;
  GrowthPolicy growth_;
  StepQueue queue_;
  Supervisor supervisor_;
};

/// A Ruby handler by name: delegates to the pool, holds no Ruby object.
class RubyStepHandler final : public StepHandler {
 public:
  explicit RubyStepHandler(WorkerPool& pool) : pool_(pool) {}
  void process(StepContext context, StepReply reply) override { pool_.submit(context, std::move(reply)); }
  void cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency) override {
    pool_.cancel(dispatch, reason, urgency);
  }

 private:
  WorkerPool& pool_;
};

}  // namespace tasker::worker
