#pragma once

#include <string>
#include <vector>

#include "cli/completion/completion.hpp"

namespace tasker::cli {

enum class FileKind { Any, Folder, Template };

/// The files that begin as the path does, in order; folders end in a slash. Hidden ones only when asked for by their
/// dot. `~/` is the home folder and stays as it was typed.
std::vector<Candidate> file_names(const std::string& begin, FileKind kind);

}  // namespace tasker::cli
