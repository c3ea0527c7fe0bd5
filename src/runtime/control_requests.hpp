#pragma once

#include <optional>
#include <string>

#include "runtime/control.hpp"
#include "tasker/engine.hpp"

namespace tasker {

/// Does what somebody asks for through the engine's socket. Why it can't be, or nothing. Loop thread.
std::optional<std::string> carry_out(const ControlRequest& request, Engine& engine);

}  // namespace tasker
