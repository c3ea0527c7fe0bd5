#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tasker::cli {

/// Values that only the machine at hand knows.
enum class Source {
  Files,
  Folders,
  Templates,   ///< workflow files, and folders on the way to them
  InputFiles,  ///< a file with an @ in front
  Tasks,
  Steps,
  Handlers,
  Workflows,   ///< names of workflows that have tasks
  Namespaces,  ///< of those
};

/// What a value may be: a word, or something to look up.
using ValueWord = std::variant<std::string, Source>;

/// Reads what the table of commands shows for a value or an argument: `text|json|jsonl`, `FILE|-`, `TASK`. Lower-case
/// parts are the words themselves, upper-case ones name a kind; kinds that nobody can list (`N`, `DURATION`) give
/// nothing. Pure.
std::vector<ValueWord> value_words(std::string_view shown);

}  // namespace tasker::cli
