#pragma once

#include <string>
#include <vector>

#include "support/invariants.hpp"

namespace tasker::test {

/// What the store's file holds of its only task, read by SQL of our own: not by the code that wrote it.
/// None when there is no such file or no task in it.
std::optional<TaskRows> stored_rows(const std::string& file);

}  // namespace tasker::test
