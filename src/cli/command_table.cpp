#include "cli/command_table.hpp"

#include "cli/task_commands/specs.hpp"

namespace tasker::cli {

namespace {

constexpr ArgumentSpec kTemplate{"TEMPLATE", "A workflow file (YAML or JSON), or - for standard input"};
constexpr ArgumentSpec kMaybeTemplate{"TEMPLATE", "A workflow file whose handlers to load", false};
constexpr ArgumentSpec kHandler{"HANDLER", "The handler's Ruby class, or its handler_name"};

constexpr FlagSpec kInput{"input", 'i', "JSON|@FILE|-", "The task's context, an object; - reads standard input",
                          "{}",    ""};
constexpr FlagSpec kHandlers{"handlers",
                             'H',
                             "PATH",
                             "Ruby file or folder with handlers; may be given more than once",
                             "the template's own, then handlers/ beside it",
                             "TASKER_HANDLERS",
                             true};
constexpr FlagSpec kLocalHandlers{"handlers",
                                  'H',
                                  "PATH",
                                  "Ruby file or folder with handlers; may be given more than once",
                                  "the template's own, else handlers/",
                                  "TASKER_HANDLERS",
                                  true};
constexpr FlagSpec kRequire{
    "require",        'r', "FILE", "Ruby to load first, e.g. config/environment; may be given more than once", "none",
    "TASKER_REQUIRE", true};
constexpr FlagSpec kWorkers{"workers",       'w', "N", "Ruby processes, started as work needs them", "cores, at most 8",
                            "TASKER_WORKERS"};
constexpr FlagSpec kEnvironment{"environment", 'e',         "NAME", "Which of the template's environments to merge",
                                "production",  "TASKER_ENV"};
constexpr FlagSpec kCleanEnv{
    "clean-env", 0, "", "Workers inherit only what Ruby needs: PATH, HOME, RUBY*, GEM_*, ...", "", "TASKER_CLEAN_ENV"};
constexpr FlagSpec kPassEnv{"pass-env",
                            0,
                            "NAME|PREFIX*",
                            "With --clean-env: a variable that workers inherit too; may be given more than once",
                            "none",
                            "TASKER_PASS_ENV",
                            true};
constexpr FlagSpec kMaxMemory{
    "max-memory",       0, "SIZE", "Kills a worker that has more resident memory: 512M, 1.5G", "as much as there is",
    "TASKER_MAX_MEMORY"};
constexpr FlagSpec kMaxFiles{
    "max-files", 0, "N", "Files a worker may have open at once (ulimit -n)", "the shell's", "TASKER_MAX_FILES"};
constexpr FlagSpec kOutput{"output", 'o', "text|json|jsonl", "What stdout carries", "text", "TASKER_OUTPUT"};
constexpr FlagSpec kCallStore{
    "store", 0, "URL", "Where the task is kept: memory: ends with the process", "memory:", "TASKER_STORE"};
constexpr FlagSpec kInputs{"inputs", 0, "FILE|-", "One context per line: a task each, a result line as it ends",
                           "",       ""};
constexpr FlagSpec kConcurrency{"concurrency", 0, "N", "Tasks at once with --inputs", "64", ""};
constexpr FlagSpec kFailFast{"fail-fast", 0, "", "With --inputs: start no more after a failed task", "", ""};
constexpr FlagSpec kRunId{"run-id", 0, "ID", "Names the run: given again, it goes on where it was", "none", ""};
constexpr FlagSpec kUniqueKey{"unique-key", 0, "KEY", "Refuse while a task of this workflow with the same key lives",
                              "none",       ""};
constexpr FlagSpec kTimeout{
    "timeout",       0, "DURATION", "Ends the whole task after 90s, 5m, 1h30m, 250ms", "the template's timeout_seconds",
    "TASKER_TIMEOUT"};
constexpr FlagSpec kBootTimeout{
    "boot-timeout", 0, "DURATION", "How long a worker may take to load the handlers", "30s", "TASKER_BOOT_TIMEOUT"};
constexpr FlagSpec kStepTimeout{"step-timeout", 0,
                                "DURATION",     "How long a step may run when its template does not say",
                                "10m",          "TASKER_STEP_TIMEOUT"};
constexpr FlagSpec kCancelGrace{"cancel-grace", 0,
                                "DURATION",     "From a step's deadline, when it is cancelled, to SIGTERM",
                                "5s",           "TASKER_CANCEL_GRACE"};
constexpr FlagSpec kTermGrace{"term-grace", 0, "DURATION", "From SIGTERM to SIGKILL", "2s", "TASKER_TERM_GRACE"};
constexpr FlagSpec kDrainGrace{"drain-grace", 0,
                               "DURATION",    "How long running steps may go on after Ctrl-C or SIGTERM",
                               "30s",         "TASKER_DRAIN_GRACE"};
constexpr FlagSpec kMaxSteps{
    "max-steps", 0, "N", "Replaces a worker after so many steps, less up to 15 %", "never", "TASKER_MAX_STEPS"};
constexpr FlagSpec kMaxRss{"max-rss", 0,
                           "SIZE",    "Replaces a worker that holds more memory after a step: 512k, 256M, 1.5G",
                           "never",   "TASKER_MAX_RSS"};
constexpr FlagSpec kWorkerTtl{"worker-ttl", 0,
                              "DURATION",   "Replaces a worker of that age, less up to 15 %, between two steps",
                              "never",      "TASKER_WORKER_TTL"};
constexpr FlagSpec kIdleTtl{"idle-ttl",       0, "DURATION", "Ends a worker after so long without a step", "never",
                            "TASKER_IDLE_TTL"};
constexpr FlagSpec kWatch{"watch",       0, "", "Loads the handlers anew when one of their files changes", "",
                          "TASKER_WATCH"};
constexpr FlagSpec kStrict{"strict",       0, "", "Unknown keys and input that misses the schema are errors", "",
                           "TASKER_STRICT"};
constexpr FlagSpec kDryRun{"dry-run", 0, "", "Check everything, print the plan, run nothing", "", ""};
constexpr FlagSpec kNoHandlers{"no-handlers", 0, "", "Check the files only; start no Ruby", "", ""};
constexpr FlagSpec kQuiet{"quiet", 0, "", "No progress and no warnings; jsonl: the result only", "", "TASKER_QUIET"};
constexpr FlagSpec kNoColor{"no-color", 0, "", "No colours on a terminal", "", "NO_COLOR"};
constexpr ArgumentSpec kDrawnTemplate{"TEMPLATE", "A workflow file (YAML or JSON), or - for standard input", false};
constexpr FlagSpec kDrawnTask{"task", 0, "TASK", "Draw this task instead, by its id or a part of it", "none", ""};
constexpr FlagSpec kFormat{"format", 0, "ascii|mermaid|dot|svg", "How to draw it", "ascii", ""};

std::vector<FlagSpec> with_growth_flags(std::vector<FlagSpec> flags) {
  for (const FlagSpec& flag : growth_flags()) flags.push_back(flag);
  return flags;
}

/// Of the servers, which take everything else with each request.
std::vector<FlagSpec> server_flags() {
  return with_growth_flags(
      {kHandlers,    kRequire,     kWorkers,     kEnvironment, store_flag(), durability_flag(), store_patience_flag(),
       kBootTimeout, kStepTimeout, kCancelGrace, kTermGrace,   kDrainGrace,  kMaxSteps,         kMaxRss,
       kMaxMemory,   kMaxFiles,    kCleanEnv,    kPassEnv,     kWorkerTtl,   kIdleTtl,          kWatch,
       kQuiet,       kNoColor});
}

std::vector<CommandSpec> make_table() {
  return {
      {"run-workflow",
       "run",
       "Run a workflow to its end",
       "Runs one task of a workflow template. Progress goes to stderr, the result to stdout; the exit code says how it "
       "ended (0 complete, 1 failed, 3 refused, 5 timed out; README.md and tasker(1) have all).",
       {kTemplate},
       with_growth_flags({kInput,
                          kInputs,
                          kConcurrency,
                          kFailFast,
                          kRunId,
                          kUniqueKey,
                          kHandlers,
                          kRequire,
                          kWorkers,
                          kEnvironment,
                          kOutput,
                          store_flag(),
                          durability_flag(),
                          store_patience_flag(),
                          kTimeout,
                          kBootTimeout,
                          kStepTimeout,
                          kCancelGrace,
                          kTermGrace,
                          kDrainGrace,
                          kMaxSteps,
                          kMaxRss,
                          kMaxMemory,
                          kMaxFiles,
                          kCleanEnv,
                          kPassEnv,
                          kWorkerTtl,
                          kIdleTtl,
                          kWatch,
                          preload_flag(),
                          kStrict,
                          kDryRun,
                          kQuiet,
                          kNoColor}),
       {"tasker run order.yaml -i '{\"order_id\": 7}'", "tasker run order.yaml -i @order.json -o json | jq .state",
        "generate-input | tasker run order.yaml -i - -H app/handlers"}},
      {"validate",
       "",
       "Check workflow files and their handlers",
       "Lists everything that is wrong, each as file:line:column. Handlers are checked with one Ruby worker where "
       "there "
       "are handler files.",
       {{"TEMPLATE", "Workflow files, or - for standard input", true, true}},
       {kHandlers, kRequire, kEnvironment, kBootTimeout, kOutput, kStrict, kNoHandlers, kCleanEnv, kPassEnv, kQuiet,
        kNoColor},
       {"tasker validate workflows/*.yaml", "tasker validate order.yaml --strict -o json"}},
      {"graph",
       "",
       "Draw a workflow's steps and dependencies, or a task's",
       "With --task: the steps of that task, also those that were made while it ran, with their states and times.",
       {kDrawnTemplate},
       {kFormat, kDrawnTask, store_flag(), kEnvironment, kOutput, kQuiet, kNoColor},
       {"tasker graph order.yaml", "tasker graph order.yaml --format svg > order.svg",
        "tasker graph --task 3f2a91c4 --format mermaid"}},
      {"handler list",
       "",
       "List the handlers that Ruby announces",
       "",
       {kMaybeTemplate},
       {kLocalHandlers, kRequire, kEnvironment, kBootTimeout, kOutput, kCleanEnv, kPassEnv, kQuiet, kNoColor},
       {"tasker handler list -H app/handlers", "tasker handler list order.yaml -o json"}},
      {"handler show",
       "",
       "Show one handler: file, form, methods",
       "",
       {kHandler, kMaybeTemplate},
       {kLocalHandlers, kRequire, kEnvironment, kBootTimeout, kOutput, kCleanEnv, kPassEnv, kQuiet, kNoColor},
       {"tasker handler show Orders::Charge -H app/handlers"}},
      {"handler call",
       "",
       "Call one handler with a context",
       "Runs the handler once, as the only step of a task, and prints what it returned. What it prints itself goes to "
       "stderr.",
       {kHandler, kMaybeTemplate},
       {{"input", 'i', "CONTEXT|@FILE|-", "The task's context, an object; - reads standard input", "{}", ""},
        kLocalHandlers,
        kRequire,
        kEnvironment,
        kBootTimeout,
        kOutput,
        kCallStore,
        kTimeout,
        kMaxMemory,
        kMaxFiles,
        preload_flag(),
        kCleanEnv,
        kPassEnv,
        kQuiet,
        kNoColor},
       {"tasker handler call Orders::Charge -i '{\"amount\": 5}' -H app/handlers"}},
      {"handler new",
       "",
       "Write a new handler and its test",
       "The class goes to the folder of handlers, its test to test/, both by the name of the class: "
       "Payments::ChargeCard "
       "becomes payments/charge_card.rb. Nothing is overwritten.",
       {{"NAME", "The class, e.g. Payments::ChargeCard"}},
       {{"form", 0, "FORM", "process, call, decision, batchable, batch_worker or api", "process", ""},
        {"folder", 0, "PATH", "Where handlers are", "handlers", ""},
        kOutput,
        kQuiet,
        kNoColor},
       {"tasker handler new Payments::ChargeCard", "tasker handler new Approval::Route --form decision"}},
      {"init",
       "",
       "Write a small project: workflow, handlers, tests, README",
       "The project runs and passes its own tests. Nothing is overwritten.",
       {{"DIR", "The folder to write it to; made when it is missing"}},
       {kOutput, kQuiet, kNoColor},
       {"tasker init shop"}},
      {"doctor",
       "",
       "Look for what is wrong with this machine, and say how to mend it",
       "Looks at Ruby, the runner and its library, handlers (when there are some), the store, limits, locale, "
       "terminal, "
       "disk and environment. Each line is ok, warn or fail, with what to do. Exit code 0 when nothing failed, else 1. "
       "Nothing is changed.",
       {kMaybeTemplate},
       {kLocalHandlers, kRequire, kEnvironment, store_flag(), kBootTimeout, kCleanEnv, kPassEnv, kOutput, kQuiet,
        kNoColor},
       {"tasker doctor", "tasker doctor order.yaml -o json | jq '.findings[] | select(.level != \"ok\")'"}},
      {"completion",
       "",
       "Print what makes a shell complete tasker's words",
       "Completes commands, flags, their values, files, and the ids of tasks, steps and handlers that there are. The "
       "Debian package installs it for all three shells.",
       {{"SHELL", "bash, zsh or fish"}},
       {kOutput, kQuiet, kNoColor},
       {"eval \"$(tasker completion bash)\"", "tasker completion zsh > ~/.zfunc/_tasker",
        "tasker completion fish > ~/.config/fish/completions/tasker.fish"}},
      {"rpc",
       "",
       "Serve JSON-RPC 2.0 on stdin and stdout",
       "Runs, validates, lists, cancels and retries for any program that can write a line: one JSON-RPC 2.0 message "
       "per "
       "line, several requests at once, progress as notifications. Ends with its input, when all is answered. "
       "docs/rpc.md has the methods, examples/rpc clients in Ruby, Python and shell.",
       {},
       server_flags(),
       {"tasker rpc -H app/handlers --store sqlite:tasks.db",
        "echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"workflow/run\",\"params\":{\"template\":\"order.yaml\"}}' "
        "| tasker rpc"}},
      {"mcp",
       "",
       "Serve the Model Context Protocol on stdin and stdout",
       "Lets an editor or an agent validate and run workflows, look at tasks and retry them: tools and resources of "
       "the "
       "Model Context Protocol. docs/mcp.md tells how to register it.",
       {},
       server_flags(),
       {"tasker mcp -H app/handlers", "npx @modelcontextprotocol/inspector tasker mcp"}},
      {"schema",
       "",
       "Print a JSON Schema: workflow, result, event or rpc",
       "JSON Schema (draft 7) of workflow files, of results (-o json), of events (-o jsonl) and of the messages of "
       "tasker "
       "rpc. docs/events.md and docs/workflow-format.md tell how editors and programs use them.",
       {{"NAME", "workflow, result, event or rpc"}},
       {kOutput, kQuiet, kNoColor},
       {"tasker schema workflow > workflow.schema.json", "tasker schema event | jq '.properties.event.enum'"}},
      {"rpc-conformance",
       "",
       "Try a runner against every rule of the protocol",
       "Starts the runner once per rule, plays the engine, and tells which rules it keeps. Exit code 0 when none "
       "failed, else 1. The rules and the handlers they call: docs/runner-conformance.md.",
       {{"COMMAND", "The runner's command line, after --", true, true}},
       {{"handlers", 'H', "PATH", "Handler file or folder to load; may be given more than once", "none", "", true},
        {"only", 0, "RULE", "Play this rule only; may be given more than once", "all rules", "", true},
        {"timeout", 0, "DURATION", "How long one answer may take", "10s", ""},
        kOutput,
        kQuiet,
        kNoColor},
       {"tasker rpc-conformance -H ruby_runner/conformance -- ruby ruby_runner/runner.rb"}},
  };
}

/// Version comes last: it is what `--version` stands for.
std::vector<CommandSpec> whole_table() {
  std::vector<CommandSpec> table = make_table();
  for (CommandSpec& spec : task_command_specs()) table.push_back(std::move(spec));
  table.push_back({"version", "", "Print the version", "", {}, {kOutput}, {"tasker version -o json"}});
  return table;
}

}  // namespace

const std::vector<CommandSpec>& command_table() {
  static const std::vector<CommandSpec> table = whole_table();
  return table;
}

std::string other_name(const CommandSpec& command) {
  const std::size_t space = command.name.find(' ');
  const std::string_view group = space == std::string_view::npos ? "" : command.name.substr(0, space + 1);
  return std::string(group) + std::string(command.alias);
}

std::string_view group_summary(std::string_view group) {
  if (group == "handler") return "List, show, call and write handlers";
  if (group == "task") return "Look at tasks, resume, retry and remove them";
  return group == "store" ? "Check, copy and weigh the store" : std::string_view();
}

}  // namespace tasker::cli
