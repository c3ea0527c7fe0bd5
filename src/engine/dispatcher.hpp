#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/active_task.hpp"
#include "engine/commit_queue.hpp"
#include "tasker/step_handler.hpp"

namespace tasker {

class HandlerRegistry;

/// A step that is with its handler, or about to be: where its answer belongs.
struct InFlight {
  ActiveTask* task;
  StepIndex step;
  int attempt;
  StepHandler* handler;  ///< the dispatcher holds it; null: nobody knew one, and that is on its way as the answer
};

/// Numbers the dispatches and sends them: at once, or, where the step's start has to be on disk first, when that is
/// durable. Knows what is in flight and asks it to stop. Loop thread.
class Dispatcher {
 public:
  /// `answers` receives what handlers report, and the answers of those that were never sent.
  Dispatcher(const HandlerRegistry& registry, CommitQueue& commits, StepReplySink& answers)
      : registry_(registry), commits_(commits), answers_(answers) {}

  /// Starts a step that is ready. One whose handler nobody knows fails.
  void dispatch(ActiveTask& task, StepIndex step, Times now);
  /// Sends the steps whose start has just become durable; unless `may_send`, they come back as not started.
  void starts_committed(ActiveTask& task, const Transition& transition, bool may_send);
  /// Asks whatever of the task is in flight to stop.
  void cancel(ActiveTask& task, CancelReason reason, CancelUrgency urgency);
  /// The task's steps that wait for their start to be durable are not sent any more.
  void forget_starts(TaskId task) { waiting_starts_.erase(task); }

  const InFlight* find(DispatchId dispatch) const;
  /// It has answered: not in flight any more.
  std::optional<InFlight> finish(DispatchId dispatch);
  bool idle() const { return in_flight_.empty(); }

  /// A number for what is no dispatch and stands in the history all the same.
  DispatchId take_number() { return ++last_; }
  /// Numbers up to this one are taken.
  void skip_to(DispatchId number) { last_ = std::max(last_, number); }
  /// So many of the next numbers are taken.
  void skip(std::size_t count) { last_ += count; }

 private:
  /// A handler, kept while steps are with it: a rebinding can't take it away from under them.
  struct Held {
    std::shared_ptr<StepHandler> handler;
    std::size_t steps = 0;
  };

  StepHandler* hold(std::shared_ptr<StepHandler> handler);
  void let_go(StepHandler* handler);
  void send(DispatchId dispatch);

  const HandlerRegistry& registry_;
  CommitQueue& commits_;
  StepReplySink& answers_;
  std::unordered_map<DispatchId, InFlight> in_flight_;
  std::unordered_map<StepHandler*, Held> held_;  ///< of what is in flight
  std::unordered_map<TaskId, std::vector<DispatchId>> waiting_starts_;
  DispatchId last_ = 0;
};

}  // namespace tasker
