#pragma once

#include <vector>

#include "tasker/handler_registry.hpp"
#include "tasker/runtime.hpp"
#include "worker/worker_pool.hpp"

namespace tasker {

/// Which handlers are Ruby's: those that are bound to a pool of workers, and those that nobody has bound yet.
/// True when a step of the template has such a one.
bool needs_ruby(const TaskTemplate& task_template, const HandlerRegistry& registry);

/// What C++ code has bound, by name.
std::vector<HandlerInfo> handlers_in_cpp(const HandlerRegistry& registry);

/// Every announced name, and its aliases, delegates to the pool; names that C++ code has bound stay its own.
void bind_to_pool(const std::vector<HandlerInfo>& announced, worker::WorkerPool& pool, HandlerRegistry& registry);

}  // namespace tasker
