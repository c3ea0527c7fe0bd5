#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rpc/envelope.hpp"
#include "tasker/clock.hpp"
#include "tasker/workers.hpp"
#include "worker/boot.hpp"
#include "worker/escalation.hpp"
#include "worker/message_reader.hpp"
#include "worker/process.hpp"
#include "worker/recycle_policy.hpp"
#include "worker/retirement.hpp"
#include "worker/step_delivery.hpp"
#include "worker/worker_log.hpp"

namespace tasker::worker {

/// What every worker of a pool is started with.
struct WorkerSettings {
  Command command;
  std::vector<std::string> handlers;
  std::vector<std::string> requires_;
  std::string environment = "production";
  JsonLimits limits;  ///< of one line; values may nest `max_depth` deep
  Duration boot_timeout = std::chrono::seconds(30);
  Duration leave_grace = std::chrono::seconds(5);  ///< for a worker without a step to end by itself
  EscalationConfig escalation;
  RecycleLimits recycle;
};

/// How a worker ended.
struct WorkerEnd {
  WorkerEndKind kind = WorkerEndKind::Stopped;
  std::optional<BootReport> boot;  ///< for BootFailed
  bool hopeless = false;           ///< for BootFailed: trying again would end the same way
  std::string how;                 ///< "exit 1", "killed by SIGSEGV", "never started"
  WorkerEvidence evidence;
};

/// Why there is no process.
struct StartFailure {
  BootReport report;
  bool hopeless = true;  ///< trying again would end the same way
};

class Worker;

/// Who keeps a worker. Called on the loop thread; a worker may be destroyed in `worker_gone` only after it has
/// returned.
class WorkerListener {
 public:
  virtual ~WorkerListener() = default;
  virtual void worker_ready(Worker& worker) = 0;
  /// It has answered a step and may take another one, or is on its way out.
  virtual void worker_answered(Worker& worker, const StepEnd& end) = 0;
  virtual void worker_gone(Worker& worker, const WorkerEnd& end) = 0;
  virtual void worker_printed(Worker& worker, std::string_view line) = 0;
};

/// One process and what it is doing: Starting > Ready <> Busy > Stopping > Gone. Loop thread.
class Worker final : private DeliveryHost {
 public:
  enum class State : std::uint8_t { Starting, Ready, Busy, Stopping, Gone };

  struct Identity {
    int number;  ///< of its slot
    int generation = 1;
  };

  /// `random` in [0, 1) is for the jitter of its recycling.
  Worker(Identity identity, const WorkerSettings& settings, const Clock& clock, WorkerListener& listener,
         double random = 0);

  /// Spawns the process and asks it to initialize. What was in the way when that was not possible.
  std::optional<StartFailure> start(ProcessLauncher& launcher);
  /// True when it can be sent a step now.
  bool accepts(const Parcel& parcel) const;
  /// True when it takes the definitions of steps apart from its requests.
  bool keeps_definitions() const { return boot_.keeps_definitions(); }
  /// How a task's context, or a step's definition, of so many bytes would travel with the next step.
  ShelfPlan plan_context(TaskId task, std::size_t bytes) const;
  ShelfPlan plan_definition(std::int64_t id, std::size_t bytes) const;
  /// Sends a step. Expects `accepts`.
  void run(StepJob job);
  /// Stops the step of that dispatch, when it is here.
  void cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency);
  /// Asks for the steps back that wait behind the running one.
  void take_back_waiting() { delivery_.take_back_waiting(); }
  /// Since when its running step holds up others.
  std::optional<TimePoint> holds_up_since() const { return delivery_.holds_up_since(); }
  /// Steps that it has not answered.
  std::size_t load() const { return delivery_.size(); }
  /// Takes back what waits, lets it finish what it runs, and sees it out.
  void stop();
  /// The same, as planned recycling.
  void retire(RecycleReason reason);
  /// Ends it and everything in its group.
  void kill();

  void tick(TimePoint now);
  TimePoint next_due() const;
  /// The machine slept, or the loop was stopped: nobody is to blame for that time.
  void shift_deadlines(Duration by);

  int number() const { return identity_.number; }
  int generation() const { return identity_.generation; }
  int pid() const { return process_ ? process_->pid() : 0; }
  State state() const;
  Duration boot_time() const { return boot_.took(); }
  const std::vector<HandlerInfo>& handlers() const { return boot_.handlers(); }
  bool was_ready() const { return boot_.is_ready(); }
  bool runs(DispatchId dispatch) const { return delivery_.runs(dispatch); }
  /// Why it should be let go; asked when it has no step.
  std::optional<Recycle> recycle_due(TimePoint now) const;
  /// When time alone makes it due to be let go.
  TimePoint next_recycle() const;
  void fill(WorkerSlot& slot, TimePoint now) const;

 private:
  enum class Phase : std::uint8_t { Starting, Serving, Stopping, Gone };

  // DeliveryHost
  Process& process() override { return *process_; }
  std::uint64_t write(std::string line) override;
  std::uint64_t written() const override { return queued_bytes_ - process_->unwritten(); }
  void end_group(int signal) override;
  void flush_output() override { log_.flush(); }
  void step_ended(const StepEnd& end) override;

  void on_stdout(std::string_view bytes);
  void on_gone(const ExitStatus& status);
  bool on_message(const rpc::Message& message, std::string_view line);
  void on_handshake(const rpc::Message& message, std::string_view line);
  void on_notification(const rpc::NotificationMessage& message);
  void ready();
  void distrust(std::string reason);
  void printed(std::string_view line);
  bool is_trusted() const { return fault_.empty() && !boot_.has_failed() && phase_ != Phase::Gone; }
  void leave_if_done();
  WorkerEnd end_of(const ExitStatus& status) const;
  WorkerEvidence evidence(const ExitStatus& status) const;
  ErrorInfo lost_error(const ExitStatus& status, const WorkerEvidence& known) const;

  const Identity identity_;
  const WorkerSettings& settings_;
  const Clock& clock_;
  WorkerListener& listener_;
  Phase phase_ = Phase::Starting;
  std::unique_ptr<Process> process_;
  MessageReader reader_;
  WorkerLog log_;
  Boot boot_;
  StepDelivery delivery_;
  RecyclePolicy recycling_;
  Retirement retirement_;
  rpc::RequestId last_id_ = 0;
  std::uint64_t queued_bytes_ = 0;
  bool ended_by_engine_ = false;  ///< for a reason that is none of its steps'
  bool killed_ = false;
  bool recycled_ = false;
  bool had_step_at_end_ = false;
  std::string fault_;  ///< why it is not trusted any more
};

}  // namespace tasker::worker
