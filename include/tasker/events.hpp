#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tasker/step_handler.hpp"
#include "tasker/store.hpp"
#include "tasker/task.hpp"
#include "tasker/workers.hpp"

namespace tasker {

/// A task is stored and its first steps are about to be sent. The references of this and of every other event are valid
/// during the call only.
struct TaskStarted {
  const Task& task;                        ///< as it was admitted
  const std::vector<WorkflowStep>& steps;  ///< those that exist; of a task that is taken up some have ended
};
/// A handler has begun with a step.
struct StepStarted {
  const Task& task;          ///< the step's
  const WorkflowStep& step;  ///< as it stands on disk
  int attempt;               ///< from 1
  int worker_pid;            ///< 0: it runs in this process
};
/// A handler says how far it is.
struct StepProgressed {
  const Task& task;              ///< the step's
  const WorkflowStep& step;      ///< the one that runs
  const StepProgress& progress;  ///< what was said
};
/// A handler logged or printed a line.
struct StepLogged {
  const Task& task;          ///< the step's
  const WorkflowStep& step;  ///< the one that runs
  const StepLog& log;        ///< what was said
};
/// The results of a step are durable.
struct StepCompleted {
  const Task& task;          ///< the step's
  const WorkflowStep& step;  ///< with its results
};
/// The step failed for good.
struct StepFailed {
  const Task& task;          ///< the step's
  const WorkflowStep& step;  ///< with its error
};
/// An attempt failed, and another one follows.
struct RetryScheduled {
  const Task& task;          ///< the step's
  const WorkflowStep& step;  ///< its `error` says why
  Duration delay;            ///< from now to the next attempt
};
/// A decision or a batchable step brought steps into being; they are durable.
struct StepsCreated {
  const Task& task;                        ///< the one that has grown
  const WorkflowStep& by;                  ///< the step whose results ask for them
  std::size_t count;                       ///< how many came into being
  const std::vector<WorkflowStep>& steps;  ///< of the task, in creation order; those that are new stand last
};
/// A task has come to rest: it has ended, or waits for a person.
struct TaskEnded {
  const TaskRecord& record;  ///< the whole of it, as it stands on disk
};
/// A process was started; it loads the handler files.
struct WorkerStarting {
  int worker;      ///< number of the slot, from 1
  int pid;         ///< with `preload` the parent's, which is to fork it
  int generation;  ///< of the code it loads, from 1
};
/// The engine has let go of a task that has not ended: its unique key or line is taken, or another engine owns it.
struct TaskDropped {
  const Task& task;       ///< as it was admitted
  const StoreError& why;  ///< for people: `message`; for programs: `kind`
};
/// It has announced its handlers and takes steps.
struct WorkerStarted {
  int worker;          ///< number of the slot, from 1
  int pid;             ///< of the process
  Duration boot;       ///< from its start to its announcement
  int generation = 1;  ///< of the code it serves, from 1
};
/// The engine lets it go; it finishes what it runs first. Its WorkerExited follows.
struct WorkerRecycled {
  int worker;            ///< number of the slot, from 1
  int pid;               ///< of the process
  RecycleReason reason;  ///< for programs
  std::string why;       ///< e.g. "ran 1000 steps"
};
/// A worker process has ended and was reaped.
struct WorkerExited {
  int worker;                                   ///< number of the slot, from 1
  int pid;                                      ///< of the process
  std::string how;                              ///< "exit 0", "killed by SIGSEGV"
  bool expected;                                ///< the engine ended it
  WorkerEndKind kind = WorkerEndKind::Stopped;  ///< for statistics
  std::optional<Duration> restart_in{};         ///< the slot waits so long before its next process
  WorkerEvidence evidence{};                    ///< what is known of its end; last words only when it was not expected
  bool canary = false;                          ///< it was to try new code, and did not get as far as serving it
};
/// The breaker opened: no process is started; when none serves any more, steps wait.
struct WorkersHeld {
  const BootReport& report;  ///< the last boot that failed
  Duration probe_in;         ///< from now to the next boot that is tried
  std::size_t serving = 0;   ///< workers that are there and go on
};
/// A boot succeeded again.
struct WorkersReleased {};
/// New code is served from now on; what runs on the old one is finished there.
struct WorkersCodeLoaded {
  int generation;  ///< its number, from 1
};
/// New code does not boot; the old one, `serving`, goes on.
struct WorkersCodeRejected {
  int generation;            ///< the one that does not boot
  int serving;               ///< the one that goes on
  const BootReport& report;  ///< why it does not boot
};
/// A line a worker printed while no step of its own was running.
struct WorkerLogged {
  int worker;        ///< 0: the parent that forks them, see `WorkerOptions::preload`
  int pid;           ///< of the process
  std::string line;  ///< without its newline
};

/// One thing that happened.
using Event =
    std::variant<TaskStarted, StepStarted, StepProgressed, StepLogged, StepCompleted, StepFailed, RetryScheduled,
                 StepsCreated, TaskEnded, TaskDropped, WorkerStarting, WorkerStarted, WorkerRecycled, WorkerExited,
                 WorkersHeld, WorkersReleased, WorkersCodeLoaded, WorkersCodeRejected, WorkerLogged>;

/// Receives events on the loop thread; must not block it.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Is told of one event, and when it happened. Must not throw.
  virtual void on_event(const Event& event, WallTime at) = 0;
};

}  // namespace tasker
