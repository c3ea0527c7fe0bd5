#pragma once

#include <string>
#include <variant>

#include "core/dag_executor.hpp"

namespace tasker {

/// What a person who looked at a task that runs wants of its failed steps: the decision, to be written before it holds,
/// or why it can't be.

/// The named step runs again; without a name all that failed.
std::variant<Transition, CannotReopen> rerun_by_hand(DagExecutor& task, const std::string& step, Times now);

/// The named step counts as done with these results. `dispatch`: the number of its row in the history.
std::variant<Transition, CannotReopen> resolve_by_hand(DagExecutor& task, const std::string& step, JsonText results,
                                                       DispatchId dispatch, Times now);

}  // namespace tasker
