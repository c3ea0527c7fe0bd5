#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tasker/events.hpp"
#include "worker/reload_policy.hpp"
#include "worker/restart_policy.hpp"
#include "worker/slot.hpp"
#include "worker/worker.hpp"

namespace tasker::worker {

/// Who hands steps to workers. Called on the loop thread.
class SupervisorListener {
 public:
  virtual ~SupervisorListener() = default;
  /// A worker has become ready, or is free again.
  virtual void worker_available() = 0;
  /// A step that was sent is answered.
  virtual void step_ended(const StepEnd& end) = 0;
  /// `tick` has something to do at once.
  virtual void tick_soon() = 0;
  /// The first handshake of a generation: what can be called.
  virtual void handlers_announced(const std::vector<HandlerInfo>& handlers) = 0;
  /// No worker can be had for now: a boot that would fail again the same way, or too many failed boots.
  virtual void no_worker(const BootReport& report) = 0;
  /// Workers boot again.
  virtual void workers_back() = 0;
};

struct SupervisorConfig {
  std::size_t slots = 1;
  /// Code that does not load is waited for, once some has: somebody edits the files.
  bool awaits_code = false;
  /// With a step, before those that wait behind it are taken back for an idle worker.
  Duration patience = std::chrono::milliseconds(20);
};

/// Keeps the life of worker slots: starts them as work asks for them, replaces the dead by RestartPolicy, lets go what
/// has served its time, brings new code in by ReloadPolicy, buries all at the end. Never shrinks but for `idle_ttl`,
/// and says so. One slot more than the pool has workers is the spare that a canary boots in. Loop thread.
class Supervisor final : private WorkerListener {
 public:
  Supervisor(SupervisorConfig config, WorkerSettings settings, ProcessLauncher& launcher, const Clock& clock,
             Observer& observer, SupervisorListener& listener);
  ~Supervisor() override;

  /// At least this many workers should be alive (no more than there are slots). Starts missing ones, in parallel.
  void want(std::size_t workers);
  /// The worker that this step should go to now, or null: an idle one, else the one with the fewest steps.
  Worker* worker_for(const Parcel& parcel);
  Worker* running(DispatchId dispatch);
  /// Workers that are ready or busy.
  std::size_t serving() const;
  bool has_usable_worker() const { return serving() > 0; }
  /// Workers with a step.
  std::size_t busy() const;
  /// New code is there, or may be.
  void reload();

  void tick(TimePoint now);
  TimePoint next_due() const;
  void shift_deadlines(Duration by);

  /// Lets all workers finish and end; nothing is started any more.
  void stop();
  void kill();
  bool all_gone() const;
  const std::vector<HandlerInfo>& handlers() const { return handlers_; }
  PoolSnapshot snapshot(TimePoint now) const;

 private:
  void worker_ready(Worker& worker) override;
  void worker_answered(Worker& worker, const StepEnd& end) override;
  void worker_gone(Worker& worker, const WorkerEnd& end) override;
  void worker_printed(Worker& worker, std::string_view line) override;

  Slot& slot_of(const Worker& worker) { return slots_[static_cast<std::size_t>(worker.number() - 1)]; }
  bool is_canary(const Slot& slot) const { return canary_ == slot.number; }
  bool is_spare(const Slot& slot) const { return spare_ == slot.number; }
  /// How many workers are wanted and have no process.
  std::size_t missing() const;
  bool may_start() const { return !stopping_ && !hopeless_; }

  bool has_idle_worker() const;
  /// Takes back what waits too long behind a step while somebody could run it.
  void relieve(TimePoint now);
  TimePoint next_relief() const;
  void start_missing(TimePoint now);
  void start_canary(TimePoint now);
  void start(Slot& slot, int generation);
  void boot_failed(Slot& slot, const BootReport& report, bool hopeless);
  void canary_failed(const BootReport& report);
  void canary_ready(Worker& canary);
  std::optional<BootReport> takes_away(const Worker& canary) const;
  void displace(const Worker& canary);
  bool announces_the_same(Worker& worker);
  void announce(const Worker& worker);
  void recycle_if_due(Worker& worker, TimePoint now);
  void retire(Worker& worker, const Recycle& recycle);
  /// When an empty slot may be filled although processes are held back; none: nothing holds them, or nobody knows.
  std::optional<TimePoint> held_until() const;
  double random() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }
  template <typename E>
  void observe(E event) {
    observer_.on_event(Event(std::move(event)), clock_.wall());
  }

  SupervisorConfig config_;
  WorkerSettings settings_;
  ProcessLauncher& launcher_;
  const Clock& clock_;
  Observer& observer_;
  SupervisorListener& listener_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<Worker>> dead_;  ///< gone, and not destroyed inside their own callback
  std::vector<HandlerInfo> handlers_;
  BootBreaker breaker_;
  ReloadPolicy reload_;
  int canary_ = 0;  ///< number of the slot it boots in; 0: none
  int spare_;       ///< number of the slot that is kept free for a canary
  std::size_t wanted_ = 0;
  bool announced_ = false;
  bool hopeless_ = false;
  bool stopping_ = false;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace tasker::worker
