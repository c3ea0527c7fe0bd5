#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cli/command_line.hpp"
#include "cli/options.hpp"

namespace tasker::cli {

/// Looks up an environment variable; tests give their own.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// What a command line means: flag, else environment twin, else default. Each throws CommandError (usage) that names
/// the flag or variable, its value and what it may be.
CommonOptions read_common_options(const CommandLine& line, const Environment& environment);
RunOptions read_run_options(const CommandLine& line, const Environment& environment);
ValidateOptions read_validate_options(const CommandLine& line, const Environment& environment);
GraphOptions read_graph_options(const CommandLine& line, const Environment& environment);
SchemaOptions read_schema_options(const CommandLine& line, const Environment& environment);
ServerOptions read_server_options(const CommandLine& line, const Environment& environment);
HandlerOptions read_handler_options(const CommandLine& line, const Environment& environment);
HandlerNewOptions read_handler_new_options(const CommandLine& line, const Environment& environment);
InitOptions read_init_options(const CommandLine& line, const Environment& environment);
DoctorOptions read_doctor_options(const CommandLine& line, const Environment& environment);
CompletionOptions read_completion_options(const CommandLine& line, const Environment& environment);
ConformanceOptions read_conformance_options(const CommandLine& line, const Environment& environment);

/// The process's own environment; an empty variable counts as unset.
Environment process_environment();

}  // namespace tasker::cli
