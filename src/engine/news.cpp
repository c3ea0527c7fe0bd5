#include "engine/news.hpp"

namespace tasker {

namespace {

/// The step whose results created steps: the one that has just answered, or, when a task is taken up, the first that
/// they wait for and that may create.
StepIndex creator(const DagExecutor& executor, const Transition& transition) {
  for (const StepChange& change : transition.steps) {
    if (change.to == StepState::Complete) return change.step;
  }
  for (const CreatedStep& created : transition.created) {
    for (const StepIndex parent : created.dependencies) {
      const StepType type = executor.task().task_template->steps[executor.steps()[parent].template_index].type;
      if (type == StepType::Decision || type == StepType::Batchable) return parent;
    }
  }
  return 0;
}

void tell(std::vector<Event>& news, const DagExecutor& executor, const StepChange& change) {
  if (!change.attempt && change.to != StepState::Cancelled) return;
  const Task& task = executor.task();
  const WorkflowStep& step = executor.steps()[change.step];
  if (change.to == StepState::Complete) news.emplace_back(StepCompleted{task, step});
  if (change.to == StepState::Error) news.emplace_back(StepFailed{task, step});
  if (change.to == StepState::WaitingForRetry && change.retry_delay)
    news.emplace_back(RetryScheduled{task, step, *change.retry_delay});
}

}  // namespace

std::vector<Event> news_of(const DagExecutor& executor, const Transition& transition) {
  std::vector<Event> news;
  for (const StepChange& change : transition.steps) tell(news, executor, change);
  if (!transition.created.empty()) {
    const auto& steps = executor.steps();
    news.emplace_back(
        StepsCreated{executor.task(), steps[creator(executor, transition)], transition.created.size(), steps});
  }
  return news;
}

}  // namespace tasker
