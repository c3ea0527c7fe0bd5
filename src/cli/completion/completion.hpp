#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_table.hpp"
#include "cli/completion/value_words.hpp"

namespace tasker::cli {

/// One word that may follow, and what it is.
struct Candidate {
  std::string value;
  std::string about;  ///< may be empty
};

/// What may stand where the cursor is, as far as the table of commands knows.
struct Completion {
  std::vector<Candidate> known;  ///< all that are possible, also those that do not begin as the word does
  std::vector<Source> sources;   ///< to be looked up
  std::string prefix;            ///< what the word holds before the value: `--step=`
  std::string begin;             ///< what was typed of the value

  const CommandSpec* command = nullptr;                                ///< null: none was named yet
  std::vector<std::string> arguments;                                  ///< of the command, before the cursor
  std::map<std::string, std::vector<std::string>, std::less<>> flags;  ///< by name, with the values given

  /// The last value of a flag; empty: not given.
  std::string flag(std::string_view name) const;
};

/// Reads the words after the program's name up to the cursor. Words that make no sense lead to nothing, never to an
/// error: nobody wants one in the middle of typing. Pure.
Completion complete(const std::vector<std::string>& before, const std::string& current);

}  // namespace tasker::cli
