#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "rpc/envelope.hpp"
#include "tasker/clock.hpp"
#include "tasker/json_text.hpp"
#include "tasker/step_handler.hpp"
#include "tasker/uuid.hpp"
#include "tasker/workers.hpp"
#include "worker/delivery_ledger.hpp"
#include "worker/escalation.hpp"
#include "worker/process.hpp"
#include "worker/shelf.hpp"
#include "worker/step_answer.hpp"

namespace tasker::worker {

/// A step to run.
struct StepJob {
  explicit StepJob(StepReply of) : reply(std::move(of)) {}

  StepReply reply;
  std::string params;  ///< of `step/process`
  Shelved context;     ///< of its task, as `params` say
  Shelved definition;  ///< of its step, likewise
  Duration queued{};
  Duration timeout{};
  bool at_most_once = false;  ///< travels alone, and counts as started only once `step/started` was read
  std::size_t depth = 1;      ///< requests that may be unanswered with it among them
  std::size_t handler = 0;    ///< FlightPolicy's number of it
  Uuid task_uuid;             ///< for the snapshot
  std::string step_name;
  int attempt = 1;
};

/// A step was answered.
struct StepEnd {
  DispatchId dispatch = 0;
  std::size_t handler = 0;       ///< as in its StepJob
  bool completed = false;        ///< by its handler
  std::optional<Duration> took;  ///< what the runner says of its handler, else since it became the oldest
  std::optional<std::int64_t> rss_kb;
};

/// The worker's end of a StepDelivery.
class DeliveryHost {
 public:
  virtual ~DeliveryHost() = default;
  virtual Process& process() = 0;
  /// Queues a line for the process; how many bytes were ever queued, this line included.
  virtual std::uint64_t write(std::string line) = 0;
  /// The bytes of `write` that are in the pipe.
  virtual std::uint64_t written() const = 0;
  /// TERM or KILL to all of it: it is on its way out.
  virtual void end_group(int signal) = 0;
  /// A step is about to be answered: what it printed without a newline is its own.
  virtual void flush_output() = 0;
  /// The last thing that is done for an answer.
  virtual void step_ended(const StepEnd& end) = 0;
};

/// Sends steps to one process and sees each to its one answer: who waits behind whom, deadlines, cancels, what is taken
/// back, what a death means (DeliveryLedger), what an attempt cost. Loop thread.
class StepDelivery {
 public:
  StepDelivery(DeliveryHost& host, const EscalationConfig& escalation, const JsonLimits& limits, const Clock& clock)
      : host_(host), escalation_(escalation), limits_(limits), clock_(clock) {}

  bool accepts(const Parcel& parcel) const;
  void send(rpc::RequestId id, StepJob job);
  /// How they would travel with the next request.
  ShelfPlan plan_context(TaskId task, std::size_t bytes) const { return contexts_.plan(task, bytes); }
  ShelfPlan plan_definition(std::int64_t id, std::size_t bytes) const { return definitions_.plan(id, bytes); }
  void cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency);
  /// Asks for everything back that waits behind the running step, and was not asked for yet.
  void take_back_waiting();
  /// Since when the running step holds up others; none: nobody waits behind it, or all were asked for.
  std::optional<TimePoint> holds_up_since() const;

  /// What the worker wrote. A sentence when it broke the protocol.
  std::optional<std::string> on_answer(const rpc::ResultMessage& message);
  std::optional<std::string> on_answer(const rpc::ErrorMessage& message);
  /// False when it belongs to no step that runs here.
  bool on_notification(const rpc::NotificationMessage& message);
  /// A line that was printed. False when no step runs.
  bool on_output(std::string_view line);
  /// The process is gone and its pipe was read to the end: answers what is left. `evidence` says how it ended.
  void on_gone(Death death, const ErrorInfo& evidence, const ExitStatus& status);

  /// Acts on what is due; read the pipe first.
  void tick(TimePoint now);
  TimePoint next_due() const;
  void shift(Duration by);

  bool empty() const { return ledger_.empty(); }
  std::size_t size() const { return ledger_.size(); }
  bool runs(DispatchId dispatch) const;
  /// Nothing more should be sent to this process: it did not acknowledge a cancel, or said that it can't go on.
  std::optional<RecycleReason> retires() const { return retires_; }
  std::optional<SlotStep> snapshot(TimePoint now) const;

 private:
  struct Sent {
    StepJob job;
    Escalation escalation;
    TimePoint queued_at{};  ///< in this worker's pipe
    Times begun{};          ///< became the oldest unanswered one
    std::optional<Duration> cpu_before;
    std::optional<TimePoint> heard;
  };
  using SentMap = std::map<rpc::RequestId, Sent>;  ///< in the order of the wire

  void begin_oldest();
  std::optional<Duration> cpu_now(TimePoint now);
  std::optional<std::string> refuse(rpc::RequestId id, bool given_back) const;
  void finish(rpc::RequestId id, StepAnswer answer, bool acknowledged, bool completed);
  AttemptReport report(const Sent& sent, const StepAnswer& answer) const;
  void act(SentMap::iterator sent, Escalation::Action action);
  void nudge();

  DeliveryHost& host_;
  const EscalationConfig& escalation_;
  const JsonLimits& limits_;
  const Clock& clock_;
  std::optional<Duration> cpu_;  ///< of the process, when it was last read
  std::optional<TimePoint> cpu_read_at_;
  DeliveryLedger ledger_;
  Shelf contexts_{kContextLimits};
  Shelf definitions_{kDefinitionLimits};
  SentMap sent_;
  std::optional<RecycleReason> retires_;
};

}  // namespace tasker::worker
