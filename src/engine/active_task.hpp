#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "core/dag_executor.hpp"
#include "engine/task_time.hpp"

namespace tasker {

/// A task the engine works on: its executor and what only the engine knows of it. Loop thread.
struct ActiveTask {
  ActiveTask(Task task, const std::vector<Uuid>& step_uuids, const StepLimits& limits)
      : executor(std::move(task), step_uuids, limits) {}
  /// One that another engine began.
  ActiveTask(const TaskRecord& record, Times now, const StepLimits& limits)
      : executor(DagExecutor::restore(record, now, limits)),
        fence(record.fence + 1),
        deadline(deadline_of_restored(record, now)) {
    if (record.stop_requested == StopReason::TimedOut) stopping = CancelReason::TaskTimeout;
    if (record.stop_requested == StopReason::Cancelled) stopping = CancelReason::TaskCancelled;
  }

  TaskId id() const { return executor.task().id; }

  DagExecutor executor;
  std::int64_t fence = 0;
  bool durable = false;  ///< its row, and that it is ours, is on disk: steps may be sent
  bool refused = false;  ///< the store refused a write of it: it is being ended
  bool dropped = false;  ///< it is not ours any more; kept until its last step has answered
  bool stop_sent = false;
  bool changed = false;               ///< since it was last asked what is ready
  std::optional<TimePoint> deadline;  ///< as it was admitted; the engine's agenda has it from then on
  std::optional<CancelReason> stopping;
  std::size_t in_flight = 0;  ///< steps that are with a handler; which, the executor knows
};

}  // namespace tasker
