#include "core/blocked_steps.hpp"

#include <algorithm>
#include <memory>

namespace tasker {

namespace {

constexpr std::size_t kMostBlockersNamed = 10;

SharedError blocked_by(const std::vector<StepIndex>& blockers, const std::vector<WorkflowStep>& steps) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::Blocked;
  error->retryable = false;
  for (const StepIndex blocker : blockers) {
    if (error->blocked_by.size() < kMostBlockersNamed) error->blocked_by.push_back(steps[blocker].name);
  }
  error->message = "not started: \"" + error->blocked_by.front() + "\" failed";
  return error;
}

}  // namespace

void explain_blocked(std::vector<WorkflowStep>& steps, const StepGraph& graph,
                     const std::function<bool(StepIndex)>& stands_in_the_way) {
  std::vector<StepIndex> failed;
  for (StepIndex step = 0; step < steps.size(); ++step) {
    if (steps[step].state == StepState::Error && stands_in_the_way(step)) failed.push_back(step);
  }
  if (failed.empty()) return;
  std::vector<std::vector<StepIndex>> causes(steps.size());
  for (const StepIndex step : topological_order(steps, graph)) {
    auto& own = causes[step];
    for (const StepIndex parent : steps[step].dependencies) {
      if (std::binary_search(failed.begin(), failed.end(), parent)) own.push_back(parent);
      own.insert(own.end(), causes[parent].begin(), causes[parent].end());
    }
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    if (own.size() > kMostBlockersNamed) own.resize(kMostBlockersNamed);
    if (steps[step].state == StepState::Pending) steps[step].error = blocked_by(own.empty() ? failed : own, steps);
  }
}

}  // namespace tasker
