#pragma once

#include <functional>
#include <string>

#include "cli/options.hpp"
#include "cli/run/validation_report.hpp"
#include "tasker/runtime.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

/// Boots one worker with these options and holds the template's handlers against what it announces.
using HandlerCheck = std::function<RunResult(const RuntimeOptions&, const TaskTemplate&)>;

/// Everything there is to say about a template that was loaded from `path`; without a check the handlers are left out.
/// Throws CommandError only when no worker boots.
Validation validation_of(const LoadedTemplate& loaded, const std::string& path, const WorkerChoice& workers,
                         const HandlerCheck& check);

}  // namespace tasker::cli
