#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasker/outcome.hpp"
#include "tasker/task.hpp"

namespace tasker {

/// What a step's handler may look at besides the step itself: its finished ancestors, in creation order.
struct SequenceEntry {
  StepIndex index;
  const WorkflowStep* step;
  bool is_dependency;  ///< a direct parent
};

/// The engine's side of a StepContext: answers for one task. Made by the engine, or by tests. Loop thread only.
class TaskView {
 public:
  virtual ~TaskView() = default;
  virtual const Task& task() const = 0;
  virtual const std::vector<WorkflowStep>& steps() const = 0;
  /// All ancestors of a step, in creation order. O(ancestors), computed anew at each call.
  virtual std::vector<SequenceEntry> ancestors(StepIndex step) const = 0;
};

/// One dispatch of one step, as its handler sees it. A small value that borrows from the engine: valid until the step's
/// StepReply has answered. Loop thread only.
class StepContext {
 public:
  StepContext(const TaskView& view, StepIndex index, DispatchId dispatch, int attempt)
      : view_(&view), index_(index), attempt_(attempt), dispatch_(dispatch) {}

  const Task& task() const { return view_->task(); }
  const TaskTemplate& task_template() const { return *task().task_template; }
  const WorkflowStep& step() const { return view_->steps()[index_]; }
  const StepTemplate& step_template() const { return task_template().steps[step().template_index]; }
  StepIndex index() const { return index_; }
  std::size_t total_steps() const { return view_->steps().size(); }
  DispatchId dispatch() const { return dispatch_; }
  /// 1 on the first run.
  int attempt() const { return attempt_; }
  /// Stable over all attempts of the step.
  std::string idempotency_key() const { return step().uuid.text(); }
  std::vector<SequenceEntry> ancestors() const { return view_->ancestors(index_); }
  /// The results of a finished ancestor by step name; nothing when it is none.
  std::optional<JsonText> results_of(std::string_view step_name) const;

 private:
  const TaskView* view_;
  StepIndex index_;
  int attempt_;
  DispatchId dispatch_;
};

/// What a running step tells before its answer.
struct StepLog {
  std::string level;  ///< debug, info, warn, error
  std::string message;
  JsonText fields;
};
struct StepProgress {
  std::optional<double> percent;
  std::string message;
};

/// Receives what StepReply sends. Implemented by the engine. Loop thread only.
class StepReplySink {
 public:
  virtual ~StepReplySink() = default;
  virtual void step_started(DispatchId dispatch, int worker_pid) = 0;
  virtual void step_progress(DispatchId dispatch, StepProgress progress) = 0;
  virtual void step_log(DispatchId dispatch, StepLog log) = 0;
  virtual void step_answered(DispatchId dispatch, StepOutcome outcome, AttemptReport report) = 0;
};

/// The answer to one dispatch: move-only, given exactly once. One that is dropped answers by itself: NotStarted when
/// the step was never started, WorkerLost otherwise. Loop thread only.
class StepReply {
 public:
  StepReply(StepReplySink& sink, DispatchId dispatch) : sink_(&sink), dispatch_(dispatch) {}
  StepReply(StepReply&& other) noexcept : sink_(other.sink_), dispatch_(other.dispatch_), started_(other.started_) {
    other.sink_ = nullptr;
  }
  StepReply& operator=(StepReply&& other) noexcept;
  StepReply(const StepReply&) = delete;
  StepReply& operator=(const StepReply&) = delete;
  ~StepReply();

  DispatchId dispatch() const { return dispatch_; }
  bool is_started() const { return started_; }
  /// The handler may run from here on. `worker_pid` is 0 for code inside the engine's process.
  void started(int worker_pid = 0);
  void progress(StepProgress progress);
  void log(StepLog log);
  void answer(StepOutcome outcome, AttemptReport report = {});

 private:
  void drop() noexcept;
  StepReplySink* sink_;
  DispatchId dispatch_;
  bool started_ = false;
};

/// How hard to stop a step.
enum class CancelUrgency : std::uint8_t {
  IfQueued,   ///< take it back when it was not sent to anybody; leave it alone otherwise
  Graceful,   ///< ask, then escalate
  Immediate,  ///< end it now
};

/// Seam: something that can run steps. Ruby through the worker pool, or C++ code. All calls come on the loop thread,
/// and none may block it.
class StepHandler {
 public:
  virtual ~StepHandler() = default;
  /// Runs the step; `reply` may be answered before or after this returns. Must not throw.
  virtual void process(StepContext context, StepReply reply) = 0;
  /// Asks a dispatch to stop. It still answers exactly once. One that is unknown (answered already) is ignored.
  virtual void cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency) {
    (void)dispatch, (void)reason, (void)urgency;
  }
};

/// A C++ function as a handler. It runs on the loop thread, so it must be quick; an exception becomes a retryable
/// failure.
std::shared_ptr<StepHandler> make_function_handler(std::function<StepOutcome(const StepContext&)> function);

/// A failure for handlers written in C++.
Failed failure(std::string message, bool retryable = true);

}  // namespace tasker
