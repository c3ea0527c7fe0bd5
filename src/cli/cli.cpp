#include "cli/cli.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/options_reader.hpp"
#include "cli/task_commands/commands.hpp"
#include "cli/terminal/console.hpp"
#include "io/process_signals.hpp"
#include "io/warden.hpp"
#include "store/store_file.hpp"

namespace tasker::cli {

namespace {

template <typename Options>
ExitCode run(ExitCode (*command)(const Options&, const Console&), const Options& options) {
  return command(options, Console(options.common));
}

WallTime wall_now() { return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()); }

ExitCode dispatch(const CommandLine& line) {
  const Environment environment = process_environment();
  const std::string_view name = line.command->name;
  if (name == "run-workflow") return run(run_workflow, read_run_options(line, environment));
  if (name == "validate") return run(validate, read_validate_options(line, environment));
  if (name == "graph") return run(graph, read_graph_options(line, environment));
  if (name == "handler list") return run(handler_list, read_handler_options(line, environment));
  if (name == "handler show") return run(handler_show, read_handler_options(line, environment));
  if (name == "handler call") return run(handler_call, read_handler_options(line, environment));
  if (name == "handler new") return run(handler_new, read_handler_new_options(line, environment));
  if (name == "init") return run(init, read_init_options(line, environment));
  if (name == "doctor") return run(check_up, read_doctor_options(line, environment));
  if (name == "completion") return run(completion, read_completion_options(line, environment));
  if (name == "schema") return run(schema, read_schema_options(line, environment));
  if (name == "mcp") return run(mcp, read_server_options(line, environment));
  if (name == "rpc") return run(rpc, read_server_options(line, environment));
  if (name == "rpc-conformance") return run(rpc_conformance, read_conformance_options(line, environment));
  if (const auto command = task_command(name)) return run(command, read_task_options(line, environment, wall_now()));
  return version(Console(read_common_options(line, environment)));
}

std::string help_for(const CommandLine& line, const Style& style) {
  if (line.command) return command_help(*line.command, style);
  return line.group.empty() ? overview_help(style) : group_help(line.group, style);
}

ExitCode execute(const std::vector<std::string>& words) {
  const Console plain{CommonOptions{}};
  if (!words.empty() && words.front() == "__complete") return answer_shell({words.begin() + 1, words.end()}, plain);
  if (!words.empty() && words.front() == "__man") return write_manual({words.begin() + 1, words.end()});
  CommandLine line = parse_command_line(words);
  if (line.help) {
    plain.print(help_for(line, plain.out()));
    return ExitCode::Complete;
  }
  if (line.version) line.command = &command_table().back();
  if (line.command) return dispatch(line);
  plain.say(overview_help(plain.err()));  // no command is a usage error; what there is, is the best answer to it
  return ExitCode::Usage;
}

ExitCode tell(const CommandError& error, OutputFormat output) {
  const Console console{CommonOptions{output, false, false}};
  if (output == OutputFormat::Text) {
    console.say(error_text(error, console.err()));
  } else {
    console.print(error_json(error, output == OutputFormat::JsonLines));
  }
  return error.code();
}

ExitCode tell_bug(const std::exception& error, OutputFormat output) {
  return tell(CommandError(ExitCode::Bug, kind::bug, std::string("internal error, please report it: ") + error.what()),
              output);
}

}  // namespace

int main(int argc, char** argv) {
  io::hold_standard_streams();
  if (argc == 2 && std::string_view(argv[0]) == io::kWardenName) return io::warden_main(argv[1]);
  io::ignore_signal(SIGUSR1);  // asks for the workers' table, where there are workers
  io::ignore_sigpipe();        // a closed stdout is an answer of write, not the end of the process
  const std::vector<std::string> words(argv + 1, argv + std::max(argc, 1));
  const OutputFormat output = wanted_output(words, std::getenv("TASKER_OUTPUT"));
  try {
    try {
      return to_int(execute(words));
    } catch (const CommandError& error) {
      return to_int(tell(error, output));
    } catch (const store::SqliteError& error) {
      return to_int(tell(
          CommandError(ExitCode::StoreFailed, kind::store_unavailable, store::explain(error.file(), error)), output));
    } catch (const std::exception& error) {
      return to_int(tell_bug(error, output));
    }
  } catch (const NoReader& gone) {
    // Whoever closed the pipe knows; anything else is news.
    if (gone.error && gone.error != std::errc::broken_pipe) {
      Console{CommonOptions{}}.say("error: can't write to stdout: " + gone.error.message() + "\n");
    }
    return to_int(ExitCode::NoReader);
  }
}

}  // namespace tasker::cli
