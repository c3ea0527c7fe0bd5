#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tasker::cli {

/// One flag as people see it. The table is the only place that knows a flag's names, help, default and twin.
struct FlagSpec {
  std::string_view name;  ///< without dashes, e.g. "input"
  char letter;            ///< 0: none
  /// e.g. "JSON|@FILE|-"; empty: a switch. Words in upper case say which kind, and completion goes by them
  /// (completion/value_words.cpp).
  std::string_view value;
  std::string_view help;
  std::string_view fallback;  ///< the default, in words; empty: off
  std::string_view variable;  ///< its environment twin; empty: none
  bool repeatable = false;
};

struct ArgumentSpec {
  std::string_view name;  ///< e.g. "TEMPLATE"; its kind, as with a flag's value
  std::string_view help;
  bool required = true;
  bool repeatable = false;
};

struct CommandSpec {
  std::string_view name;   ///< words separated by a space: "handler list"
  std::string_view alias;  ///< of the last word; empty: none
  std::string_view summary;
  std::string_view about;  ///< paragraphs for its own help; empty: the summary is enough
  std::vector<ArgumentSpec> arguments;
  std::vector<FlagSpec> flags;
  std::vector<std::string_view> examples;
};

/// All commands, in the order of the help.
const std::vector<CommandSpec>& command_table();

/// A command with its alias for its last word; it must have one.
std::string other_name(const CommandSpec& command);

/// A word that only stands in front of others, e.g. "handler". Empty: none of that name.
std::string_view group_summary(std::string_view group);

}  // namespace tasker::cli
