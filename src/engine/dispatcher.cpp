#include "engine/dispatcher.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "tasker/handler_registry.hpp"

namespace tasker {

namespace {

SharedError not_found(const HandlerRegistry& registry, const StepTemplate& step) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::HandlerNotFound;
  error->message = registry.unknown_message(step.handler.callable) + " (step \"" + step.name + "\")";
  error->retryable = false;
  return error;
}

}  // namespace

void Dispatcher::dispatch(ActiveTask& task, StepIndex step, Times now) {
  const DispatchId dispatch = ++last_;
  auto started = task.executor.start(step, dispatch, now);
  const auto& names = task.executor.task().task_template->steps[task.executor.steps()[step].template_index];
  auto handler = registry_.find(names.handler.callable);
  in_flight_.emplace(dispatch, InFlight{&task, step, started.attempt, handler});
  task.in_flight.insert(dispatch);
  if (!handler) {
    answers_.step_answered(dispatch, Failed{not_found(registry_, names)}, {});
  } else if (started.commit_first) {
    started.commit_first->fence = task.fence;
    commits_.add(task.id(), std::move(*started.commit_first));
    waiting_starts_[task.id()].push_back(dispatch);
  } else {
    send(dispatch);
  }
}

void Dispatcher::send(DispatchId dispatch) {
  const InFlight& at = in_flight_.at(dispatch);
  const auto handler = at.handler;
  handler->process(StepContext(at.task->executor, at.step, dispatch, at.attempt), StepReply(answers_, dispatch));
}

void Dispatcher::starts_committed(ActiveTask& task, const Transition& transition, bool may_send) {
  const auto waiting = waiting_starts_.find(task.id());
  if (waiting == waiting_starts_.end()) return;
  for (const StepChange& change : transition.steps) {
    if (change.to != StepState::InProgress || change.attempt) continue;
    const auto found = std::find_if(waiting->second.begin(), waiting->second.end(), [&](DispatchId dispatch) {
      return in_flight_.contains(dispatch) && in_flight_.at(dispatch).step == change.step;
    });
    if (found == waiting->second.end()) continue;
    const DispatchId dispatch = *found;
    waiting->second.erase(found);
    if (may_send) {
      send(dispatch);
    } else {
      answers_.step_answered(dispatch, NotStarted{}, {});
    }
  }
  if (waiting->second.empty()) waiting_starts_.erase(waiting);
}

void Dispatcher::cancel(ActiveTask& task, CancelReason reason, CancelUrgency urgency) {
  // A handler may answer at once, so go over a copy.
  const std::vector<DispatchId> dispatches(task.in_flight.begin(), task.in_flight.end());
  for (const DispatchId dispatch : dispatches) {
    if (const InFlight* at = find(dispatch)) at->handler->cancel(dispatch, reason, urgency);
  }
}

const InFlight* Dispatcher::find(DispatchId dispatch) const {
  const auto found = in_flight_.find(dispatch);
  return found == in_flight_.end() ? nullptr : &found->second;
}

std::optional<InFlight> Dispatcher::finish(DispatchId dispatch) {
  auto taken = in_flight_.extract(dispatch);
  if (taken.empty()) return std::nullopt;
  taken.mapped().task->in_flight.erase(dispatch);
  return std::move(taken.mapped());
}

}  // namespace tasker
