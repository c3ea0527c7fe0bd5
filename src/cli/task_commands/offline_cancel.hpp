#pragma once

#include <string>

#include "tasker/engine.hpp"
#include "tasker/store.hpp"

namespace tasker::cli {

/// Cancels a task that no living engine has: takes it over, and ends it at once. Throws CommandError when somebody else
/// was quicker, or the store can't be written.
void cancel_offline(const std::string& store_url, const StoreOptions& options, Adoption adoption);

}  // namespace tasker::cli
