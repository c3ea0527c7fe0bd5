#pragma once

#include <vector>

#include "tasker/handler_registry.hpp"
#include "tasker/runtime.hpp"

namespace tasker {

/// Checks what a template asks for against what is there: every handler known, usable, and with the method it names.
/// Pure; one diagnostic per step that could not run, in the order of the file.
std::vector<Diagnostic> check_handler_references(const TaskTemplate& task_template, const HandlerRegistry& registry,
                                                 const std::vector<HandlerInfo>& announced);

}  // namespace tasker
