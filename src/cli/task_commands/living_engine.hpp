#pragma once

#include <optional>

#include "runtime/control.hpp"
#include "store/store_reader.hpp"

namespace tasker::cli {

/// The engine that runs this task right now; none: it has ended, or its engine is gone.
std::optional<store::TaskOwner> living_owner(store::StoreReader& reader, const TaskRecord& record);

/// Has the engine do it. Throws CommandError: store_unavailable when it stays silent, conflict when it refuses.
void ask_engine(const store::TaskOwner& owner, const ControlRequest& request);

/// The engine answers before its commit: waits until a step that stood so in `before` stands otherwise in the store.
/// Throws CommandError (store_unavailable) when it does not come.
void wait_until_changed(store::StoreReader& reader, const store::TaskOwner& owner, const TaskRecord& before,
                        const std::vector<StepIndex>& steps);

/// The same for the end of a cancelled task; waits for as long as its engine lives. Gives back how the task stands.
TaskRecord wait_until_settled(store::StoreReader& reader, TaskRecord record);

}  // namespace tasker::cli
