#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rpc/envelope.hpp"
#include "rpc/line_framer.hpp"
#include "tasker/clock.hpp"
#include "tasker/runtime.hpp"
#include "tasker/step_handler.hpp"
#include "worker/escalation.hpp"
#include "worker/process.hpp"
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
  EscalationConfig escalation;
};

/// How a worker ended.
struct WorkerEnd {
  enum class Kind : std::uint8_t { BootFailed, DiedInStep, DiedIdle, Stopped };
  Kind kind = Kind::Stopped;
  std::optional<BootReport> boot;  ///< for BootFailed
  bool hopeless = false;           ///< for BootFailed: trying again would end the same way
  std::string how;                 ///< "exit 1", "killed by SIGSEGV", "never started"
};

class Worker;

/// Who keeps a worker. Called on the loop thread; a worker may be destroyed in `worker_gone` only after it has
/// returned.
class WorkerListener {
 public:
  virtual ~WorkerListener() = default;
  virtual void worker_ready(Worker& worker) = 0;
  /// It has answered a step and may take another one, or is on its way out.
  virtual void worker_idle(Worker& worker) = 0;
  virtual void worker_gone(Worker& worker, const WorkerEnd& end) = 0;
  virtual void worker_printed(Worker& worker, std::string_view line) = 0;
};

/// One process and what it is doing: Starting > Ready > Busy > Stopping > Gone. One step at a time. Loop thread.
class Worker {
 public:
  enum class State : std::uint8_t { Starting, Ready, Busy, Stopping, Gone };

  /// A step to run.
  struct Job {
    StepReply reply;
    std::string params;
    Duration queued{};
    Duration timeout{};
    bool reports_start = false;  ///< the handler may have run only once `step/started` was read
  };

  Worker(int number, const WorkerSettings& settings, const Clock& clock, WorkerListener& listener);

  /// Spawns the process and asks it to initialize. A report when that was not possible.
  std::optional<BootReport> start(ProcessLauncher& launcher);
  /// Sends a step. Expects Ready.
  void run(Job job);
  /// Stops the running step, when its dispatch is this one.
  void cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency);
  /// Lets it finish what it runs and end: closes its stdin.
  void stop();
  /// Ends it and everything in its group.
  void kill();

  void tick(TimePoint now);
  TimePoint next_due() const;
  /// The machine slept, or the loop was stopped: nobody is to blame for that time.
  void shift_deadlines(Duration by);

  int number() const { return number_; }
  int pid() const { return process_ ? process_->pid() : 0; }
  State state() const { return state_; }
  Duration boot_time() const { return boot_time_; }
  const std::vector<HandlerInfo>& handlers() const { return handlers_; }
  std::optional<DispatchId> running() const;

 private:
  struct Running {
    Job job;
    rpc::RequestId id;
    Escalation escalation;
    Times sent;
    std::size_t bytes;
  };

  void on_stdout(std::string_view bytes);
  void on_gone(const ExitStatus& status);
  bool on_line(std::string_view line);
  void on_message(const rpc::ResultMessage& message);
  void on_message(const rpc::ErrorMessage& message);
  void on_message(const rpc::NotificationMessage& message);
  void on_message(const rpc::Malformed& message, std::string_view line);
  void on_initialized(std::string_view result);
  void on_initialize_error(const rpc::ErrorMessage& error);
  void answer(StepOutcome outcome, std::optional<std::int64_t> cpu_us, std::optional<std::int64_t> max_rss_kb,
              bool acknowledged);
  void act(Escalation::Action action);
  void distrust(std::string reason);
  void fail_boot(BootReport report, bool hopeless);
  void printed(std::string_view line);
  void settle_lost_step(const ExitStatus& status);
  WorkerEnd end_of(const ExitStatus& status) const;
  BootReport report(std::string message) const;
  ErrorInfo lost_error(const ExitStatus& status) const;

  const int number_;
  const WorkerSettings& settings_;
  const Clock& clock_;
  WorkerListener& listener_;
  State state_ = State::Starting;
  std::unique_ptr<Process> process_;
  rpc::LineFramer framer_;
  WorkerLog log_;
  rpc::RequestId last_id_ = 0;
  TimePoint started_at_{};
  TimePoint boot_deadline_{};
  Duration boot_time_{};
  bool said_hello_ = false;
  bool in_step_at_end_ = false;
  bool killed_ = false;
  std::string fault_;  ///< why it is not trusted any more
  std::optional<BootReport> boot_failure_;
  bool boot_hopeless_ = false;
  std::vector<HandlerInfo> handlers_;
  std::optional<Running> running_;
};

}  // namespace tasker::worker
