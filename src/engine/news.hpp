#pragma once

#include <vector>

#include "core/dag_executor.hpp"
#include "tasker/events.hpp"

namespace tasker {

/// What observers are told of a transition that has just been applied to its task. The events refer to the executor's
/// rows: use them before it changes again.
std::vector<Event> news_of(const DagExecutor& executor, const Transition& transition);

}  // namespace tasker
