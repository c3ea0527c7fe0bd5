#pragma once

#include <string>
#include <variant>

#include "tasker/runtime.hpp"
#include "worker/worker_pool.hpp"

namespace tasker {

/// How the pool is set up for one handler set: what the options say, and what the template adds (its handlers where
/// none were given, its `env`). A sentence when there is nothing to start.
std::variant<worker::PoolConfig, std::string> pool_config(WorkerOptions options, const TaskTemplate* task_template);

}  // namespace tasker
