#pragma once

#include <vector>

#include "cli/command_table.hpp"

namespace tasker::cli {

/// `tasker task ...` and `tasker store ...`, for the table of commands.
std::vector<CommandSpec> task_command_specs();

FlagSpec store_flag();
FlagSpec preload_flag();
FlagSpec durability_flag();
/// How much a task may grow.
std::vector<FlagSpec> growth_flags();
FlagSpec store_patience_flag();

}  // namespace tasker::cli
