#pragma once

#include <string>

#include "cli/options.hpp"
#include "cli/terminal/console.hpp"
#include "tasker/runtime.hpp"
#include "tasker/task_template.hpp"

namespace tasker::cli {

struct ContextCheck {
  std::string name;     ///< what messages call the context
  bool strict = false;  ///< a mismatch is an error, whatever the template says
};

/// Holds a context against the template's schema: warns, or throws CommandError (input_invalid) where the schema
/// counts.
void check_context(const TaskTemplate& task_template, const JsonText& context, const ContextCheck& check,
                   const Console& console);

/// The runtime a template needs with the handlers that were chosen. Its store is the caller's to set. Throws
/// CommandError.
RuntimeOptions runtime_for(const WorkerChoice& workers, const TaskTemplate& task_template);

}  // namespace tasker::cli
