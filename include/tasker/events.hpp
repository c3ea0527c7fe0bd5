#pragma once

#include <optional>
#include <string>
#include <variant>

#include "tasker/step_handler.hpp"
#include "tasker/task.hpp"

namespace tasker {

/// What happens while tasks run, for people and programs that watch. References are valid during the call only.
struct TaskStarted {
  const Task& task;
};
struct StepStarted {
  const Task& task;
  const WorkflowStep& step;
  int attempt;
  int worker_pid;
};
struct StepProgressed {
  const Task& task;
  const WorkflowStep& step;
  const StepProgress& progress;
};
struct StepLogged {
  const Task& task;
  const WorkflowStep& step;
  const StepLog& log;
};
struct StepCompleted {
  const Task& task;
  const WorkflowStep& step;
};
/// The step failed for good.
struct StepFailed {
  const Task& task;
  const WorkflowStep& step;
};
struct RetryScheduled {
  const Task& task;
  const WorkflowStep& step;  ///< its `error` says why
  Duration delay;
};
struct TaskEnded {
  const TaskRecord& record;
};
struct WorkerStarted {
  int worker;  ///< number of the slot, from 1
  int pid;
  Duration boot;
};
struct WorkerExited {
  int worker;
  int pid;
  std::string how;  ///< "exit 0", "killed by SIGSEGV"
  bool expected;    ///< the engine ended it
};
/// A line a worker printed while no step of its own was running.
struct WorkerLogged {
  int worker;
  int pid;
  std::string line;
};

using Event = std::variant<TaskStarted, StepStarted, StepProgressed, StepLogged, StepCompleted, StepFailed,
                           RetryScheduled, TaskEnded, WorkerStarted, WorkerExited, WorkerLogged>;

/// Receives events on the loop thread; must not block it.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_event(const Event& event, WallTime at) = 0;
};

}  // namespace tasker
