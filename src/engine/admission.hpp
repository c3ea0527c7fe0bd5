#pragma once

#include <memory>

#include "engine/active_task.hpp"
#include "tasker/engine.hpp"
#include "tasker/uuid.hpp"

namespace tasker {

/// A task as it comes into being, and the write that its first step waits for.
struct Admitted {
  std::unique_ptr<ActiveTask> task;
  CreateTask write;
};

/// Makes a task of a request: ids for it and for each step that exists from the start, and its deadline.
Admitted admit(TaskRequest request, TaskId id, UuidGenerator& ids, const StepLimits& limits, Times now);

}  // namespace tasker
