#pragma once

#include <memory>
#include <optional>
#include <unordered_set>

#include "core/dag_executor.hpp"

namespace tasker {

/// A task the engine works on: its executor and what only the engine knows of it. Loop thread.
struct ActiveTask {
  ActiveTask(Task task, const std::vector<Uuid>& step_uuids, const StepLimits& limits)
      : executor(std::move(task), step_uuids, limits) {}

  TaskId id() const { return executor.task().id; }

  DagExecutor executor;
  bool durable = false;  ///< its row is on disk: steps may be sent
  bool stop_sent = false;
  std::optional<TimePoint> deadline;
  std::optional<CancelReason> stopping;
  std::unordered_set<DispatchId> in_flight;
};

}  // namespace tasker
