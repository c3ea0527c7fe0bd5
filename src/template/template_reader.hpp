#pragma once

#include <string>

#include "template/node.hpp"
#include "template/problems.hpp"

namespace tasker {

/// Reads a template written in today's words (after `resolve_environment`). Complete only when `problems` has no error.
TaskTemplate read_template(const Node& root, const std::string& base_directory, const LoadOptions& options,
                           Problems& problems);

}  // namespace tasker
