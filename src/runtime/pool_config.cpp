#include "runtime/pool_config.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "runtime/worker_command.hpp"

namespace tasker {

namespace {

std::size_t worker_count(const WorkerOptions& options) {
  if (options.count > 0) return static_cast<std::size_t>(options.count);
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

}  // namespace

std::variant<worker::PoolConfig, std::string> pool_config(WorkerOptions options, const TaskTemplate* task_template) {
  if (task_template && options.handlers.empty()) options.handlers = task_template->handlers;
  if (task_template) options.env.insert(options.env.end(), task_template->env.begin(), task_template->env.end());
  auto command = worker_command(options);
  if (auto* problem = std::get_if<std::string>(&command)) return std::move(*problem);
  worker::PoolConfig config;
  config.workers = worker_count(options);
  config.step_timeout = options.step_timeout;
  config.worker.command = std::get<worker::Command>(std::move(command));
  config.worker.handlers = std::move(options.handlers);
  config.worker.requires_ = std::move(options.requires_);
  config.worker.environment = std::move(options.environment);
  config.worker.boot_timeout = options.boot_timeout;
  config.worker.escalation.cancel_grace = options.cancel_grace;
  config.worker.escalation.term_grace = options.term_grace;
  config.worker.recycle = {options.max_steps, options.max_rss_kb, options.worker_ttl, options.idle_ttl};
  config.watch = options.watch;
  return config;
}

}  // namespace tasker
