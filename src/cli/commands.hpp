#pragma once

#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/terminal/console.hpp"

namespace tasker::cli {

/// The commands. Each does one thing from start to end and returns its exit code, or throws CommandError.
ExitCode run_workflow(const RunOptions& options, const Console& console);
ExitCode validate(const ValidateOptions& options, const Console& console);
ExitCode graph(const GraphOptions& options, const Console& console);
ExitCode handler_list(const HandlerOptions& options, const Console& console);
ExitCode handler_show(const HandlerOptions& options, const Console& console);
ExitCode handler_call(const HandlerOptions& options, const Console& console);
ExitCode handler_new(const HandlerNewOptions& options, const Console& console);
ExitCode init(const InitOptions& options, const Console& console);
ExitCode check_up(const DoctorOptions& options, const Console& console);
ExitCode completion(const CompletionOptions& options, const Console& console);
ExitCode schema(const SchemaOptions& options, const Console& console);
ExitCode mcp(const ServerOptions& options, const Console& console);
ExitCode rpc(const ServerOptions& options, const Console& console);
ExitCode rpc_conformance(const ConformanceOptions& options, const Console& console);
/// `tasker __complete WORD...`, which the scripts of `tasker completion` ask: the words up to the cursor, the last one
/// unfinished. Says what may stand there, a line each.
ExitCode answer_shell(const std::vector<std::string>& words, const Console& console);
/// `tasker __man FOLDER DATE`: writes the manual's pages, for the build.
ExitCode write_manual(const std::vector<std::string>& words);
ExitCode version(const Console& console);

}  // namespace tasker::cli
