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
  StepHandler* const handler = hold(registry_.find(names.handler.callable));
  in_flight_.emplace(dispatch, InFlight{&task, step, started.attempt, handler});
  ++task.in_flight;
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

StepHandler* Dispatcher::hold(std::shared_ptr<StepHandler> handler) {
  StepHandler* const key = handler.get();
  if (!key) return nullptr;
  Held& held = held_[key];
  held.handler = std::move(handler);
  ++held.steps;
  return key;
}

void Dispatcher::let_go(StepHandler* handler) {
  const auto held = held_.find(handler);
  if (held != held_.end() && --held->second.steps == 0) held_.erase(held);
}

void Dispatcher::send(DispatchId dispatch) {
  const InFlight& at = in_flight_.at(dispatch);
  at.handler->process(StepContext(at.task->executor, at.step, dispatch, at.attempt), StepReply(answers_, dispatch));
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
  if (task.in_flight == 0) return;
  for (const DispatchId dispatch : task.executor.dispatches()) {
    const InFlight* at = find(dispatch);
    if (at && at->handler) at->handler->cancel(dispatch, reason, urgency);
  }
}

const InFlight* Dispatcher::find(DispatchId dispatch) const {
  const auto found = in_flight_.find(dispatch);
  return found == in_flight_.end() ? nullptr : &found->second;
}

std::optional<InFlight> Dispatcher::finish(DispatchId dispatch) {
  auto taken = in_flight_.extract(dispatch);
  if (taken.empty()) return std::nullopt;
  --taken.mapped().task->in_flight;
  let_go(taken.mapped().handler);
  return taken.mapped();
}

}  // namespace tasker
