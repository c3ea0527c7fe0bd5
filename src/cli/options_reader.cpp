#include "cli/options_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "cli/byte_size.hpp"
#include "cli/command_error.hpp"
#include "cli/duration.hpp"
#include "cli/scaffold/render.hpp"
#include "core/nearest_name.hpp"

namespace tasker::cli {

namespace {

constexpr int kMostWorkers = 1000;
constexpr std::uint64_t kFewestFiles = 16;  ///< Ruby itself and the wire have about ten

/// A value and the place it was written in: `--workers` or `TASKER_WORKERS`.
struct Given {
  std::string source;
  std::string value;
};

[[noreturn]] void refuse(const Given& given, const std::string& expected) {
  throw usage_error(given.source + ": \"" + given.value + "\" is no " + expected);
}

/// Reads the flags of one command line against their twins.
class Reader {
 public:
  Reader(const CommandLine& line, const Environment& environment) : line_(line), environment_(environment) {}

  std::optional<Given> value(std::string_view flag) const {
    if (const auto found = line_.flags.find(flag); found != line_.flags.end()) {
      return Given{"--" + std::string(flag), found->second.back()};
    }
    const std::string_view variable = twin(flag);
    if (variable.empty()) return std::nullopt;
    auto text = environment_(variable);
    if (!text) return std::nullopt;
    return Given{std::string(variable), *std::move(text)};
  }

  std::string text(std::string_view flag, const std::string& fallback) const {
    const auto given = value(flag);
    if (given && given->value.empty()) throw usage_error(given->source + " is empty");
    return given ? given->value : fallback;
  }

  /// All values of a repeatable flag; in a variable they are parted by colons, as in PATH.
  std::vector<std::string> list(std::string_view flag) const {
    if (const auto found = line_.flags.find(flag); found != line_.flags.end()) return found->second;
    const auto given = value(flag);
    std::vector<std::string> parts;
    for (std::size_t from = 0; given && from <= given->value.size();) {
      const std::size_t end = std::min(given->value.find(':', from), given->value.size());
      if (end > from) parts.push_back(given->value.substr(from, end - from));
      from = end + 1;
    }
    return parts;
  }

  bool is_on(std::string_view flag) const {
    const auto given = value(flag);
    if (!given) return false;
    if (twin(flag) == "NO_COLOR" && given->source == "NO_COLOR") return true;  // no-color.org: any value
    for (const char* yes : {"true", "1", "yes", "on"}) {
      if (given->value == yes) return true;
    }
    for (const char* no : {"false", "0", "no", "off"}) {
      if (given->value == no) return false;
    }
    refuse(*given, "switch: true or false");
  }

  int workers() const {
    const auto given = value("workers");
    if (!given) return 0;
    int count = 0;
    const char* end = given->value.data() + given->value.size();
    const auto [rest, error] = std::from_chars(given->value.data(), end, count);
    if (error != std::errc() || rest != end || count < 1 || count > kMostWorkers) {
      refuse(*given, "whole number from 1 to " + std::to_string(kMostWorkers));
    }
    return count;
  }

  std::optional<std::chrono::milliseconds> duration(std::string_view flag) const {
    const auto given = value(flag);
    if (!given) return std::nullopt;
    const auto read = parse_duration(given->value);
    if (!read || read->count() == 0) refuse(*given, "duration: write " + std::string(kDurationForms));
    return read;
  }

  std::int64_t size(std::string_view flag) const {
    const auto given = value(flag);
    if (!given) return 0;
    const auto read = parse_size(given->value);
    if (!read || *read == 0) refuse(*given, "size: write " + std::string(kSizeForms));
    return *read;
  }

  std::uint64_t count(std::string_view flag) const { return number(flag, 1).value_or(0); }

  std::optional<std::uint64_t> number(std::string_view flag, std::uint64_t least) const {
    const auto given = value(flag);
    if (!given) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = given->value.data() + given->value.size();
    const auto [rest, error] = std::from_chars(given->value.data(), end, number);
    if (error != std::errc() || rest != end || number < least) {
      refuse(*given, "whole number from " + std::to_string(least));
    }
    return number;
  }

  /// Names of variables, or beginnings of names that end in a star.
  std::vector<std::string> variable_names(std::string_view flag) const {
    auto names = list(flag);
    for (const std::string& name : names) {
      const std::string_view bare =
          std::string_view(name).substr(0, name.ends_with('*') ? name.size() - 1 : name.size());
      if (name.empty() || bare.find_first_of("=* ") != std::string_view::npos) {
        throw usage_error("--" + std::string(flag) + ": \"" + name +
                          "\" is no name of a variable; write NAME, or PREFIX* for all that begin so");
      }
    }
    return names;
  }

  /// One of the names, as its place among them.
  std::size_t choice(std::string_view flag, const std::vector<std::string>& names) const {
    const auto given = value(flag);
    if (!given) return 0;
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == given->value) return i;
      all += (i ? i + 1 == names.size() ? " or " : ", " : "") + names[i];
    }
    throw usage_error(given->source + ": \"" + given->value + "\" is not one of " + all +
                      did_you_mean(given->value, names));
  }

  std::string argument(std::size_t index) const {
    return index < line_.arguments.size() ? line_.arguments[index] : std::string();
  }

 private:
  std::string_view twin(std::string_view name) const {
    for (const FlagSpec& flag : line_.command->flags) {
      if (flag.name == name) return flag.variable;
    }
    return "";
  }

  const CommandLine& line_;
  const Environment& environment_;
};

CommonOptions common(const Reader& read) {
  constexpr OutputFormat kFormats[] = {OutputFormat::Text, OutputFormat::Json, OutputFormat::JsonLines};
  return {kFormats[read.choice("output", {"text", "json", "jsonl"})], read.is_on("quiet"), read.is_on("no-color")};
}

Patience patience(const Reader& read) {
  return {read.duration("boot-timeout"), read.duration("step-timeout"), read.duration("cancel-grace"),
          read.duration("term-grace"), read.duration("drain-grace")};
}

WorkerLimits limits(const Reader& read) {
  constexpr std::chrono::milliseconds kNever{0};
  return {read.count("max-steps"), read.size("max-rss"), read.duration("worker-ttl").value_or(kNever),
          read.duration("idle-ttl").value_or(kNever), read.is_on("watch")};
}

WorkerChoice workers(const Reader& read) {
  WorkerChoice choice;
  choice.handlers = read.list("handlers");
  choice.requires_ = read.list("require");
  choice.count = read.workers();
  choice.environment = read.text("environment", "production");
  choice.patience = patience(read);
  choice.limits = limits(read);
  choice.clean_env = read.is_on("clean-env");
  choice.pass_env = read.variable_names("pass-env");
  choice.max_memory_bytes = static_cast<std::uint64_t>(read.size("max-memory"));
  choice.open_files = read.number("max-files", kFewestFiles);
  if (!choice.pass_env.empty() && !choice.clean_env) {
    throw usage_error("--pass-env needs --clean-env: without it workers get the whole environment");
  }
  return choice;
}

}  // namespace

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
  options.store = read.text("store", options.store);
  options.timeout = read.duration("timeout");
  options.strict = read.is_on("strict");
  options.dry_run = read.is_on("dry-run");
  if (options.template_path == "-" && options.input == "-") {
    throw usage_error("the template and --input can't both be read from standard input");
  }
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
  constexpr GraphFormat kFormats[] = {GraphFormat::Ascii, GraphFormat::Mermaid, GraphFormat::Dot};
  const Reader read(line, environment);
  return {common(read), read.argument(0), read.text("environment", "production"),
          kFormats[read.choice("format", {"ascii", "mermaid", "dot"})]};
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
