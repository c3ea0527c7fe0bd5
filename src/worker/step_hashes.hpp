#pragma once

#include <cstdint>

#include "tasker/clock.hpp"
#include "tasker/step_handler.hpp"

namespace tasker {
class JsonWriter;
}

namespace tasker::worker {

// The hashes that Ruby handlers know (docs/protocol.md), each either whole or in two parts: what all requests of one
// step of one template have in common, and a request's own. What the runner makes of the two is the whole hash: what
// neither has, it takes from another member.

void write_task(JsonWriter& json, const Task& task);
void write_common_task(JsonWriter& json, const TaskTemplate& of);
void write_own_task(JsonWriter& json, const Task& task);

void write_step(JsonWriter& json, const StepContext& context, Duration timeout, WallTime now);
/// What a step has only sometimes (inputs, a checkpoint) is null or empty here.
void write_common_step(JsonWriter& json, const StepContext& context);
void write_own_step(JsonWriter& json, const StepContext& context, Duration timeout, WallTime now);

void write_definition(JsonWriter& json, const StepContext& context, Duration timeout);

/// The number of a step in the hashes Ruby sees (`workflow_step_id`): unique over tasks of up to a million steps.
std::int64_t workflow_step_id(TaskId task, StepIndex step);

}  // namespace tasker::worker
