#pragma once

#include "cli/command_error.hpp"
#include "cli/rpc/stdio_server.hpp"
#include "cli/service/service.hpp"
#include "rpc/call.hpp"

namespace tasker::cli {

/// Binds the methods of docs/rpc.md.
void bind_methods(StdioServer& server, Service& service);

/// An error of the service as an error of JSON-RPC: the code by its kind, the error object as data.
rpc::Fault fault_of(const CommandError& error);

}  // namespace tasker::cli
