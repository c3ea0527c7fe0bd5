#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rpc/envelope.hpp"
#include "tasker/runtime.hpp"

namespace tasker::worker {

struct WorkerSettings;

/// The params of `initialize` for worker number `worker`, which is to load that generation of the code.
std::string initialize_params(const WorkerSettings& settings, int worker, int generation);

/// What a worker said of itself.
struct Hello {
  int pid = 0;
  std::vector<HandlerInfo> handlers;
  bool keeps_contexts = false;     ///< its features name `context_ref`
  bool keeps_definitions = false;  ///< its features name `definition_ref`
};

/// Reads the answer to `initialize`; a sentence when it is none.
std::variant<Hello, std::string> parse_hello(std::string_view result);

/// Fills in what an error answer to `initialize` tells: message, file, line, backtrace, time per file. True when a
/// signal interrupted it: another boot may end otherwise.
bool read_boot_error(const rpc::ErrorMessage& error, BootReport& report);

}  // namespace tasker::worker
