#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_table.hpp"
#include "cli/options.hpp"

namespace tasker::cli {

/// A command line taken apart: which command, and the raw text of what was given. Values are read by `options`.
struct CommandLine {
  const CommandSpec* command = nullptr;  ///< null: none was named
  bool help = false;
  bool version = false;
  std::string group;  ///< a word that was named without the command behind it, e.g. "handler"
  std::map<std::string, std::vector<std::string>, std::less<>> flags;  ///< by name, as given; a switch says "true"
  std::vector<std::string> arguments;
};

/// Takes the words after the program's name apart. Throws CommandError (usage) with the nearest known name.
CommandLine parse_command_line(const std::vector<std::string>& words);

/// The output format as far as it can be seen in words that may be wrong otherwise, so that a usage error can be told
/// in the format that was asked for.
OutputFormat wanted_output(const std::vector<std::string>& words, const char* variable);

}  // namespace tasker::cli
