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
  StepIndex index;           ///< its place in the task
  const WorkflowStep* step;  ///< as it stands on disk; valid while the StepContext is
  bool is_dependency;        ///< a direct parent
};

/// The engine's side of a StepContext: answers for one task. Made by the engine, or by tests. Loop thread only.
class TaskView {
 public:
  virtual ~TaskView() = default;
  /// The task that is run.
  virtual const Task& task() const = 0;
  /// All of its steps, in creation order.
  virtual const std::vector<WorkflowStep>& steps() const = 0;
  /// All ancestors of a step, in creation order. O(ancestors), computed anew at each call.
  virtual std::vector<SequenceEntry> ancestors(StepIndex step) const = 0;
};

/// One dispatch of one step, as its handler sees it. A small value that borrows from the engine: valid until the step's
/// StepReply has answered. Loop thread only.
class StepContext {
 public:
  /// For the engine, and for tests of handlers. Borrows `view`.
  StepContext(const TaskView& view, StepIndex index, DispatchId dispatch, int attempt)
      : view_(&view), index_(index), attempt_(attempt), dispatch_(dispatch) {}

  /// The task; `context` is its input.
  const Task& task() const { return view_->task(); }
  /// The workflow as it was written.
  const TaskTemplate& task_template() const { return *task().task_template; }
  /// The step as it stands on disk: its inputs, its checkpoint, the error of the attempt before.
  const WorkflowStep& step() const { return view_->steps()[index_]; }
  /// The step as it was written: its handler's `initialization` among others.
  const StepTemplate& step_template() const { return task_template().steps[step().template_index]; }
  /// Its place in the task, from 0.
  StepIndex index() const { return index_; }
  /// Steps that the task has by now.
  std::size_t total_steps() const { return view_->steps().size(); }
  /// Names this dispatch in `StepHandler::cancel`.
  DispatchId dispatch() const { return dispatch_; }
  /// 1 on the first run.
  int attempt() const { return attempt_; }
  /// Stable over all attempts of the step.
  std::string idempotency_key() const { return step().uuid.text(); }
  /// Its finished ancestors, in creation order. O(ancestors), computed anew at each call.
  std::vector<SequenceEntry> ancestors() const { return view_->ancestors(index_); }
  /// The results of a finished ancestor by step name; nothing when it is none.
  std::optional<JsonText> results_of(std::string_view step_name) const;

 private:
  const TaskView* view_;
  StepIndex index_;
  int attempt_;
  DispatchId dispatch_;
};

/// A line that a running step logs.
struct StepLog {
  std::string level;    ///< debug, info, warn, error
  std::string message;  ///< one line or many
  JsonText fields;      ///< null, or an object
};
/// How far a running step is.
struct StepProgress {
  std::optional<double> percent;  ///< 0 to 100; none: not told
  std::string message;            ///< for people; may be empty
};

/// Receives what StepReply sends. Implemented by the engine. Loop thread only.
class StepReplySink {
 public:
  virtual ~StepReplySink() = default;
  /// The handler runs from now on; 0: in this process.
  virtual void step_started(DispatchId dispatch, int worker_pid) = 0;
  /// It says how far it is.
  virtual void step_progress(DispatchId dispatch, StepProgress progress) = 0;
  /// It logs.
  virtual void step_log(DispatchId dispatch, StepLog log) = 0;
  /// It has ended. Comes exactly once for each dispatch, last.
  virtual void step_answered(DispatchId dispatch, StepOutcome outcome, AttemptReport report) = 0;
};

/// The answer to one dispatch: move-only, given exactly once. One that is dropped answers by itself: NotStarted when
/// the step was never started, WorkerLost otherwise. Loop thread only.
class StepReply {
 public:
  /// For the engine, and for tests of handlers. Borrows `sink`.
  StepReply(StepReplySink& sink, DispatchId dispatch) : sink_(&sink), dispatch_(dispatch) {}
  /// The other one is empty afterwards: nothing is answered when it goes.
  StepReply(StepReply&& other) noexcept : sink_(other.sink_), dispatch_(other.dispatch_), started_(other.started_) {
    other.sink_ = nullptr;
  }
  /// An answer that this one still owed is given as if it had been dropped.
  StepReply& operator=(StepReply&& other) noexcept;
  StepReply(const StepReply&) = delete;
  StepReply& operator=(const StepReply&) = delete;
  /// Answers by itself where nobody has.
  ~StepReply();

  /// Names the dispatch that is answered.
  DispatchId dispatch() const { return dispatch_; }
  /// `started` was called.
  bool is_started() const { return started_; }
  /// The handler may run from here on. `worker_pid` is 0 for code inside the engine's process.
  void started(int worker_pid = 0);
  /// Says how far the step is. Ignored once it is answered.
  void progress(StepProgress progress);
  /// Logs a line of the step. Ignored once it is answered.
  void log(StepLog log);
  /// Gives the answer. A second one is ignored.
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
