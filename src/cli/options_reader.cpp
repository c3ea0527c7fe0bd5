#include "cli/options_reader.hpp"

#include <algorithm>
#include <cstdlib>

#include "cli/command_error.hpp"
#include "cli/flag_reader.hpp"
#include "cli/scaffold/render.hpp"
#include "cli/schema/schema.hpp"
#include "cli/text/byte_size.hpp"
#include "core/nearest_name.hpp"

namespace tasker::cli {

namespace {

constexpr std::int64_t kMostWorkers = 1000;
constexpr std::int64_t kMostTasksAtOnce = 100'000;
constexpr std::uint64_t kFewestFiles = 16;  ///< Ruby itself and the wire have about ten

Patience patience(const Reader& read) {
  return {read.duration("boot-timeout"), read.duration("step-timeout"), read.duration("cancel-grace"),
          read.duration("term-grace"), read.duration("drain-grace")};
}

WorkerLimits limits(const Reader& read) {
  constexpr std::chrono::milliseconds kNever{0};
  return {read.count("max-steps"), read.size("max-rss"), read.duration("worker-ttl").value_or(kNever),
          read.duration("idle-ttl").value_or(kNever), read.is_on("watch")};
}

StepLimits step_limits(const Reader& read) {
  constexpr std::int64_t kMost = 1'000'000'000;
  StepLimits limits;
  const auto take = [&](const char* flag, std::size_t& limit) {
    if (const auto given = read.number(flag, 1, kMost)) limit = static_cast<std::size_t>(*given);
  };
  take("max-branches", limits.steps_per_decision);
  take("max-batches", limits.batches_per_step);
  take("max-task-steps", limits.steps_per_task);
  take("max-task-edges", limits.dependencies_per_result);
  return limits;
}

CommonOptions common(const Reader& read) { return read_common(read); }
WorkerChoice workers(const Reader& read) { return read_workers(read); }

/// Flags that go with many inputs only, or with one only.
void check_many(const Reader& read, const RunOptions& options) {
  const bool many = !options.inputs.empty();
  if (many && read.value("input")) throw usage_error("--input is one context, --inputs is many; give one of them");
  if (many && options.template_path == "-" && options.inputs == "-") {
    throw usage_error("the template and --inputs can't both be read from standard input");
  }
  if (many && !options.unique_key.empty())
    throw usage_error("--unique-key is for one task; --run-id makes --inputs resumable");
  for (const char* flag : {"concurrency", "fail-fast"}) {
    if (!many && read.value(flag)) throw usage_error("--" + std::string(flag) + " goes with --inputs");
  }
}

}  // namespace

CommonOptions read_common(const Reader& read) {
  constexpr OutputFormat kFormats[] = {OutputFormat::Text, OutputFormat::Json, OutputFormat::JsonLines};
  return {kFormats[read.choice("output", {"text", "json", "jsonl"})], read.is_on("quiet"), read.is_on("no-color")};
}

WorkerChoice read_workers(const Reader& read) {
  WorkerChoice choice;
  choice.handlers = read.list("handlers");
  choice.requires_ = read.list("require");
  choice.count = static_cast<int>(read.number("workers", 1, kMostWorkers).value_or(0));
  choice.environment = read.text("environment", "production");
  choice.patience = patience(read);
  choice.limits = limits(read);
  choice.steps = step_limits(read);
  choice.preload = read.is_on("preload");
  choice.clean_env = read.is_on("clean-env");
  choice.pass_env = read.variable_names("pass-env");
  choice.max_memory_bytes = static_cast<std::uint64_t>(read.size("max-memory"));
  choice.open_files = read.number("max-files", kFewestFiles);
  if (!choice.pass_env.empty() && !choice.clean_env) {
    throw usage_error("--pass-env needs --clean-env: without it workers get the whole environment");
  }
  return choice;
}

StoreChoice read_store(const Reader& read) {
  StoreChoice store;
  if (const auto url = read.text("store", ""); !url.empty()) store.url = url;
  store.options.durability = read.choice("durability", {"full", "normal"}) == 0 ? Durability::Full : Durability::Normal;
  if (const auto patience = read.duration("store-patience")) store.options.patience = *patience;
  return store;
}

CommonOptions read_common_options(const CommandLine& line, const Environment& environment) {
  return common(Reader(line, environment));
}

RunOptions read_run_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  RunOptions options;
  options.common = common(read);
  options.workers = workers(read);
  options.template_path = read.argument(0);
  if (const auto input = read.value("input")) options.input = input->value;
  options.store = read_store(read);
  options.timeout = read.duration("timeout");
  options.run_id = read.text("run-id", "");
  options.unique_key = read.text("unique-key", "");
  if (const auto inputs = read.value("inputs")) options.inputs = inputs->value;
  options.concurrency = static_cast<std::size_t>(read.number("concurrency", 1, kMostTasksAtOnce).value_or(64));
  options.fail_fast = read.is_on("fail-fast");
  options.strict = read.is_on("strict");
  options.dry_run = read.is_on("dry-run");
  if (options.template_path == "-" && options.input == "-") {
    throw usage_error("the template and --input can't both be read from standard input");
  }
  check_many(read, options);
  return options;
}

ValidateOptions read_validate_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  ValidateOptions options;
  options.common = common(read);
  options.workers = workers(read);
  options.templates = line.arguments;
  options.strict = read.is_on("strict");
  options.no_handlers = read.is_on("no-handlers");
  if (std::count(options.templates.begin(), options.templates.end(), "-") > 1) {
    throw usage_error("standard input can be read only once");
  }
  return options;
}

GraphOptions read_graph_options(const CommandLine& line, const Environment& environment) {
  constexpr GraphFormat kFormats[] = {GraphFormat::Ascii, GraphFormat::Mermaid, GraphFormat::Dot, GraphFormat::Svg};
  const Reader read(line, environment);
  GraphOptions options;
  options.common = common(read);
  options.template_path = read.argument(0);
  options.task = read.text("task", "");
  options.store = read_store(read);
  options.environment = read.text("environment", "production");
  options.format = kFormats[read.choice("format", {"ascii", "mermaid", "dot", "svg"})];
  if (options.template_path.empty() == options.task.empty()) {
    throw usage_error("graph needs a TEMPLATE or --task ID, one of them");
  }
  return options;
}

SchemaOptions read_schema_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  const std::string name = read.argument(0);
  const std::vector<std::string> names = schema_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw usage_error("there is no schema \"" + name + "\"; there are workflow, result, event and rpc" +
                      did_you_mean(name, names));
  }
  return {common(read), name};
}

ServerOptions read_server_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  ServerOptions options{common(read), workers(read), read_store(read)};
  options.common.output = OutputFormat::Json;  // stdout is the protocol's, whatever the environment wants
  return options;
}

HandlerOptions read_handler_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  const bool named = line.command->name != "handler list";
  HandlerOptions options;
  options.common = common(read);
  options.workers = workers(read);
  options.workers.count = 1;
  options.handler = named ? read.argument(0) : "";
  options.template_path = read.argument(named ? 1 : 0);
  if (const auto input = read.value("input")) options.input = input->value;
  options.store = read.text("store", options.store);
  options.timeout = read.duration("timeout");
  if (options.template_path == "-" && options.input == "-") {
    throw usage_error("the template and --input can't both be read from standard input");
  }
  return options;
}

HandlerNewOptions read_handler_new_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  const std::vector<std::string> forms = scaffold::handler_forms();
  HandlerNewOptions options;
  options.common = common(read);
  options.handler = read.argument(0);
  options.form = forms[read.choice("form", forms)];
  options.folder = read.text("folder", options.folder);
  return options;
}

InitOptions read_init_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  return {common(read), read.argument(0)};
}

DoctorOptions read_doctor_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  return {common(read), workers(read), read_store(read), read.argument(0)};
}

CompletionOptions read_completion_options(const CommandLine& line, const Environment& environment) {
  constexpr Shell kShells[] = {Shell::Bash, Shell::Zsh, Shell::Fish};
  const Reader read(line, environment);
  return {common(read), kShells[read.choice_argument(0, "the shell", {"bash", "zsh", "fish"})]};
}

ConformanceOptions read_conformance_options(const CommandLine& line, const Environment& environment) {
  const Reader read(line, environment);
  ConformanceOptions options;
  options.common = common(read);
  options.runner = line.arguments;
  options.handlers = read.list("handlers");
  options.only = read.list("only");
  options.limit = read.duration("timeout").value_or(options.limit);
  return options;
}

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
  };
}

}  // namespace tasker::cli
