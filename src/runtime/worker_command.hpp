#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tasker/runtime.hpp"
#include "worker/process.hpp"

namespace tasker {

/// What to start for a worker: `ruby --disable-gems .../runner.rb` with the environment a handler may see. A sentence
/// when the runner is nowhere.
std::variant<worker::Command, std::string> worker_command(const WorkerOptions& options);

/// The engine's environment less its own secrets (`TASKER_*` with TOKEN, SECRET, KEY, PASSWORD or STORE in the name),
/// with `added` on top.
std::vector<std::pair<std::string, std::string>> worker_environment(
    const std::vector<std::pair<std::string, std::string>>& added);

}  // namespace tasker
