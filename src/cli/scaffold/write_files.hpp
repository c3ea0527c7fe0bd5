#pragma once

#include <string>
#include <vector>

#include "cli/scaffold/render.hpp"

namespace tasker::cli::scaffold {

/// Writes new files below a folder, making the folders on the way. Nothing is written when one of them exists already.
/// Throws CommandError that names the file.
void write_files(const std::string& folder, const std::vector<NewFile>& files);

}  // namespace tasker::cli::scaffold
