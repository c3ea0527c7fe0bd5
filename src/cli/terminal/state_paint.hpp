#pragma once

#include <string>

#include "cli/terminal/terminal.hpp"
#include "tasker/state.hpp"

namespace tasker::cli {

/// The text in the colour of a step's state, the same wherever steps are shown.
std::string painted(StepState state, const std::string& text, const Style& style);

}  // namespace tasker::cli
