#pragma once

#include <string>
#include <string_view>

#include "cli/command_table.hpp"
#include "cli/terminal/terminal.hpp"

namespace tasker::cli {

/// `tasker --help`, `tasker handler --help` (the commands of a group) and `tasker run --help`.
std::string overview_help(const Style& style);
std::string group_help(std::string_view group, const Style& style);
std::string command_help(const CommandSpec& command, const Style& style);

}  // namespace tasker::cli
