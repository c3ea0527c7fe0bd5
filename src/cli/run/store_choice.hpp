#pragma once

#include <string>

#include "cli/options.hpp"
#include "cli/terminal/console.hpp"

namespace tasker::cli {

inline constexpr const char* kDefaultStore = "sqlite:.tasker/tasker.db";

/// Where a run keeps its task: what was given, else `.tasker/tasker.db` in the working folder. Where that folder can't
/// be written: `memory:`, with a warning.
std::string store_for_run(const StoreChoice& choice, const Console& console);

/// ` --store URL` for a command that is to find this store from the working folder; empty where it does so by itself.
std::string store_words(const std::string& url);

/// The file that a command looks into. Throws CommandError (usage) for `memory:`, which holds nothing to look at.
std::string store_file(const StoreChoice& choice);

}  // namespace tasker::cli
