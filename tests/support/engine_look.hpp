#pragma once

#include <string>
#include <vector>

#include "support/invariants.hpp"

namespace tasker::test {

/// The engine as /proc shows it. Waits, for a few seconds at most, until what it holds fits the workers it has: one
/// may just be starting or being buried.
EngineLook look_at_engine(int pid);

/// Processes that live, with `mark` in their environment or in one of these sessions.
std::vector<LeftProcess> processes_with(const std::string& mark, const std::vector<int>& sessions);

/// Its children, whatever they are.
std::vector<LeftProcess> children_of(int pid);

}  // namespace tasker::test
