#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tasker/runtime.hpp"
#include "worker/process.hpp"

namespace tasker {

/// What to start for a worker: `ruby --disable-gems .../runner.rb` with the environment and the limits of a handler. A
/// sentence when the runner is nowhere.
std::variant<worker::Command, std::string> worker_command(const WorkerOptions& options);

}  // namespace tasker
