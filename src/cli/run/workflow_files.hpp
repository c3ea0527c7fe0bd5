#pragma once

#include <string>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/options.hpp"
#include "tasker/runtime.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

/// Reads a template from a file, or from standard input for `-`. Errors stay in the result.
LoadedTemplate load_template(const std::string& path, const std::string& environment, bool strict);

/// The same; throws CommandError (template_invalid) with every error when it can't be used.
LoadedTemplate load_valid_template(const std::string& path, const std::string& environment, bool strict);

/// `order.yaml has 2 errors`
CommandError template_error(const std::string& path, std::vector<Diagnostic> errors);

/// The Ruby files and folders of a run: what was given, else what the template names, else `handlers/` beside it (of
/// the working folder without a template). Absolute. Throws CommandError when one that was named does not exist; empty
/// when none was named and there is no such folder.
std::vector<std::string> handler_paths(const std::vector<std::string>& given, const TaskTemplate* task_template);

/// What a run needs of Ruby; `handler_paths` must not be empty. Throws CommandError when a file to require is missing.
WorkerOptions worker_options(const WorkerChoice& choice, std::vector<std::string> handler_paths);

/// The error for a template that has steps and no handlers at all.
CommandError no_handlers_error(const TaskTemplate* task_template);

}  // namespace tasker::cli
