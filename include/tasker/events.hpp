#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "tasker/step_handler.hpp"
#include "tasker/store.hpp"
#include "tasker/task.hpp"
#include "tasker/workers.hpp"

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
/// A decision or a batchable step brought steps into being; they are durable.
struct StepsCreated {
  const Task& task;
  const WorkflowStep& by;
  std::size_t count;
  std::size_t total;  ///< steps of the task, these included
};
struct TaskEnded {
  const TaskRecord& record;
};
/// A process was started; it loads the handler files.
struct WorkerStarting {
  int worker;  ///< number of the slot, from 1
  int pid;     ///< with `preload` the parent's, which is to fork it
  int generation;
};
/// The engine has let go of a task that has not ended: its unique key or line is taken, or another engine owns it.
struct TaskDropped {
  const Task& task;
  const StoreError& why;
};
/// It has announced its handlers and takes steps.
struct WorkerStarted {
  int worker;
  int pid;
  Duration boot;
  int generation = 1;
};
/// The engine lets it go; it finishes what it runs first. Its WorkerExited follows.
struct WorkerRecycled {
  int worker;
  int pid;
  RecycleReason reason;
  std::string why;  ///< e.g. "ran 1000 steps"
};
struct WorkerExited {
  int worker;
  int pid;
  std::string how;  ///< "exit 0", "killed by SIGSEGV"
  bool expected;    ///< the engine ended it
  WorkerEndKind kind = WorkerEndKind::Stopped;
  std::optional<Duration> restart_in{};  ///< the slot waits so long before its next process
  WorkerEvidence evidence{};             ///< what is known of its end; last words only when it was not expected
  bool canary = false;                   ///< it was to try new code, and did not get as far as serving it
};
/// The breaker opened: no process is started; when none serves any more, steps wait.
struct WorkersHeld {
  const BootReport& report;  ///< the last boot that failed
  Duration probe_in;
  std::size_t serving = 0;  ///< workers that are there and go on
};
/// A boot succeeded again.
struct WorkersReleased {};
/// New code is served from now on; what runs on the old one is finished there.
struct WorkersCodeLoaded {
  int generation;
};
/// New code does not boot; the old one, `serving`, goes on.
struct WorkersCodeRejected {
  int generation;
  int serving;
  const BootReport& report;
};
/// A line a worker printed while no step of its own was running.
struct WorkerLogged {
  int worker;  ///< 0: the parent that forks them, see `WorkerOptions::preload`
  int pid;
  std::string line;
};

using Event =
    std::variant<TaskStarted, StepStarted, StepProgressed, StepLogged, StepCompleted, StepFailed, RetryScheduled,
                 StepsCreated, TaskEnded, TaskDropped, WorkerStarting, WorkerStarted, WorkerRecycled, WorkerExited,
                 WorkersHeld, WorkersReleased, WorkersCodeLoaded, WorkersCodeRejected, WorkerLogged>;

/// Receives events on the loop thread; must not block it.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_event(const Event& event, WallTime at) = 0;
};

}  // namespace tasker
