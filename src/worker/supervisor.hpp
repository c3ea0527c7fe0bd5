#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "tasker/events.hpp"
#include "worker/restart_policy.hpp"
#include "worker/worker.hpp"

namespace tasker::worker {

/// Who hands steps to workers. Called on the loop thread.
class SupervisorListener {
 public:
  virtual ~SupervisorListener() = default;
  /// A worker has become ready, or is free again.
  virtual void worker_available() = 0;
  /// `tick` has something to do at once.
  virtual void tick_soon() = 0;
  /// The first handshake: what can be called.
  virtual void handlers_announced(const std::vector<HandlerInfo>& handlers) = 0;
  /// No worker can be had for now: a boot that would fail again the same way, or too many failed boots.
  virtual void no_worker(const BootReport& report) = 0;
};

/// Keeps the life of worker slots: starts them as work asks for them, replaces the dead by RestartPolicy, buries all at
/// the end. Not on a step's path. Loop thread.
class Supervisor final : private WorkerListener {
 public:
  Supervisor(std::size_t slots, WorkerSettings settings, ProcessLauncher& launcher, const Clock& clock,
             Observer& observer, SupervisorListener& listener);
  ~Supervisor() override;

  /// At least this many workers should be alive (no more than there are slots). Starts missing ones, in parallel.
  void want(std::size_t workers);
  /// A worker that may take a step now, or null.
  Worker* ready_worker();
  Worker* running(DispatchId dispatch);
  /// At least one worker is ready or busy.
  bool has_usable_worker() const;
  /// Workers with a step.
  std::size_t busy() const;

  void tick(TimePoint now);
  TimePoint next_due() const;
  void shift_deadlines(Duration by);

  /// Lets all workers finish and end; nothing is started any more.
  void stop();
  void kill();
  bool all_gone() const;
  PoolSnapshot snapshot(TimePoint now) const;
  const std::vector<HandlerInfo>& handlers() const { return handlers_; }

 private:
  struct Slot {
    std::unique_ptr<Worker> worker;
    RestartPolicy restarts;
  };

  void worker_ready(Worker& worker) override;
  void worker_idle(Worker& worker) override;
  void worker_gone(Worker& worker, const WorkerEnd& end) override;
  void worker_printed(Worker& worker, std::string_view line) override;

  void start_missing(TimePoint now);
  void start(Slot& slot, int number);
  void boot_failed(Slot& slot, const BootReport& report, bool hopeless);
  std::size_t alive() const;
  double random() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }
  template <typename E>
  void observe(E event) {
    observer_.on_event(Event(event), clock_.wall());
  }

  WorkerSettings settings_;
  ProcessLauncher& launcher_;
  const Clock& clock_;
  Observer& observer_;
  SupervisorListener& listener_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<Worker>> dead_;  ///< gone, and not destroyed inside their own callback
  std::vector<HandlerInfo> handlers_;
  BootBreaker breaker_;
  std::size_t wanted_ = 0;
  bool announced_ = false;
  bool hopeless_ = false;
  bool stopping_ = false;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace tasker::worker
