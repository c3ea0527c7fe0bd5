#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/dag_executor.hpp"
#include "support/template_builder.hpp"

namespace tasker::test {

using Names = std::vector<std::string>;

/// Drives an executor by hand: names instead of indexes, a clock that moves when told.
class DagRun {
 public:
  explicit DagRun(TemplateBuilder builder, const StepLimits& limits = {}, std::uint8_t number = 1)
      : DagRun(builder.build(), limits, number) {}
  explicit DagRun(const SharedTemplate& built, const StepLimits& limits = {}, std::uint8_t number = 1)
      : executor(task(built, number), uuids(built->steps.size()), limits) {}
  /// One that has taken a stored task up.
  DagRun(DagExecutor taken_up, Times at) : now(at), executor(std::move(taken_up)) {}

  std::vector<std::string> ready() {
    std::vector<std::string> names;
    for (const StepIndex step : executor.ready(now.steady)) names.push_back(executor.steps()[step].name);
    return names;
  }
  void start(const std::string& name) { executor.start(index(name), ++dispatch, now); }
  void start_ready() {
    for (const auto& name : ready()) start(name);
  }
  Transition decide(const std::string& name, StepOutcome outcome) {
    return executor.finish(index(name), std::move(outcome), {}, now, 0.5);
  }
  void commit(const Transition& transition) { executor.committed(transition, now.steady); }
  void finish(const std::string& name, StepOutcome outcome) { commit(decide(name, std::move(outcome))); }
  void succeed(const std::string& name, std::string results = "1") {
    finish(name, Succeeded{JsonText::trusted(std::move(results)), {}, {}});
  }
  void advance(Duration by) { now.steady += by; }

  StepIndex index(const std::string& name) const {
    for (StepIndex i = 0; i < executor.steps().size(); ++i) {
      if (executor.steps()[i].name == name) return i;
    }
    throw std::out_of_range(name);
  }
  StepState state(const std::string& name) const { return executor.steps()[index(name)].state; }
  WorkflowStep reported(const std::string& name) const { return executor.record().steps[index(name)]; }

  Times now;
  DispatchId dispatch = 0;
  DagExecutor executor;

 private:
  static Task task(SharedTemplate built, std::uint8_t number) {
    Task task;
    task.id = number;
    task.uuid = Uuid({number});
    task.task_template = std::move(built);
    return task;
  }
  static std::vector<Uuid> uuids(std::size_t count) { return std::vector<Uuid>(count); }
};

inline WorkerLost lost(bool by_engine = false) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::WorkerLost;
  error->message = "killed by SIGKILL";
  return WorkerLost{error, by_engine};
}

}  // namespace tasker::test
