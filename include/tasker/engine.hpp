#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tasker/clock.hpp"
#include "tasker/events.hpp"
#include "tasker/step_limits.hpp"
#include "tasker/store.hpp"
#include "tasker/task.hpp"

namespace tasker {

class HandlerRegistry;

/// How an engine behaves; fixed for its life.
struct EngineConfig {
  std::uint64_t seed = 0;  ///< of jitter and ids; 0: from the system
  StepLimits limits{};     ///< how much a task may grow
};

/// What to run.
struct TaskRequest {
  SharedTemplate task_template;                ///< what to run; never null
  JsonText context = JsonText::trusted("{}");  ///< the task's input, an object
  std::optional<Duration> timeout;             ///< of the whole task; overrides the template's
  std::string run_id{};                        ///< of a run over many inputs; empty: none
  std::optional<std::int64_t> line{};          ///< of that run's input, from 1; none: no such run
  std::string unique_key{};                    ///< refused while another live task of this template has it; empty: none
  SharedHandlerSet handler_set{};              ///< stored with the task, for whoever resumes it
  std::optional<Uuid> uuid{};  ///< of the task, for callers that must know it beforehand; none: the engine makes one
};

/// A task of an engine that is gone, as it was read from the store.
struct Adoption {
  TaskRecord record;  ///< all of it, as it stands on disk
  bool died = true;   ///< that engine did not sign off: whatever was ready may have run
};

/// Runs tasks: decides with a DagExecutor per task, writes to the store, hands ready steps to handlers. Knows no
/// process and no socket. Everything happens in `tick`, on the loop thread; `wake` is called whenever a tick is due at
/// once.
class Engine {
 public:
  /// Borrows everything it is given, which must outlive it. `wake` is called on the loop thread, also from inside calls
  /// of the engine's own methods; it is to bring about a `tick` soon, not to call it.
  Engine(Store& store, const HandlerRegistry& registry, const Clock& clock, Observer& observer,
         std::function<void()> wake, EngineConfig config = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Admits a task; its first step is sent once its row is durable. Every handler named by the template must be
  /// registered when a step becomes ready, else that step fails with `handler_not_found`.
  TaskId submit(TaskRequest request);
  /// Takes a task over and goes on with it. When another engine was quicker, TaskDropped says so.
  void adopt(Adoption adoption);
  /// Cancels a task: commits the wish, stops what runs, marks the rest. Unknown or ended: ignored.
  void cancel(TaskId task);
  /// Has steps of a running task that failed for good run again, and what waits for them: the named one, or all of them
  /// when `step` is empty. Gives back why it can't be done: a sentence; none: it is being committed.
  std::optional<std::string> retry(TaskId task, const std::string& step);
  /// Declares such a step done, with what its dependants see. As above.
  std::optional<std::string> resolve(TaskId task, const std::string& step, JsonText results);
  /// The number of a task that has not ended, by its uuid's text.
  std::optional<TaskId> find(const std::string& uuid) const;
  /// Sends nothing new; what runs may finish. The tasks stay resumable where the store is durable.
  void drain();
  /// Ends what still runs, after `drain`. Each such step's attempt is given back.
  void kill();

  /// Works off what has come in and what is due.
  void tick();
  /// When `tick` is due next, at the latest.
  std::optional<TimePoint> next_deadline() const;
  /// The machine slept, or the loop was stopped: no task is to blame for that time.
  void shift_deadlines(Duration by);
  /// No step is in flight and no commit under way.
  bool quiet() const;
  /// Tasks that have not ended.
  std::size_t active_tasks() const;
  /// The error the store gave up with; nothing is sent any more.
  const std::optional<StoreError>& store_error() const;
  /// A task that has not ended, as it stands (committed state only).
  std::optional<TaskRecord> snapshot(TaskId task) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tasker
