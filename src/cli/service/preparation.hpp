#pragma once

#include <string>

#include "cli/options.hpp"
#include "cli/service/engine_host.hpp"
#include "cli/service/requests.hpp"
#include "cli/terminal/console.hpp"
#include "tasker/runtime.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

/// What every call has in common: the flags of `tasker rpc` and `tasker mcp`.
struct ServiceOptions {
  WorkerChoice workers;
  StoreChoice store;
};

/// A task, and the engine it needs.
struct PreparedTask {
  RuntimeOptions runtime;
  std::string host_key;  ///< the same for tasks that may share an engine
  HostedTask task;
};

// What it takes to run something: files are read, paths looked up, the store is asked. All of it blocks, knows no loop
// and throws CommandError.

WorkerChoice workers_for(const WorkflowChoice& workflow, const ServiceOptions& options);
LoadedTemplate load(const WorkflowChoice& workflow, const WorkerChoice& workers);
/// `store`: with its URL.
PreparedTask prepare_run(const RunRequest& request, const ServiceOptions& options, const StoreChoice& store,
                         const Console& console);
/// Puts the task back to where it runs again, in the store's file.
PreparedTask prepare_retry(const RetryRequest& request, const ServiceOptions& options, const StoreChoice& store,
                           const std::string& file);
PreparedTask prepare_call(const CallRequest& request, const ServiceOptions& options);
/// Only its `runtime` is set.
PreparedTask prepare_handlers(const HandlersRequest& request, const ServiceOptions& options);

}  // namespace tasker::cli
