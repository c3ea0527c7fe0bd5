#include "cli/run/workflow_files.hpp"

#include <filesystem>

#include "cli/command_error.hpp"
#include "cli/run/input.hpp"
#include "cli/text/short_path.hpp"
#include "io/descriptor_limit.hpp"

namespace tasker::cli {

namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& path) {
  std::error_code error;
  fs::path whole = fs::absolute(path, error).lexically_normal();
  if (whole.has_relative_path() && !whole.has_filename()) whole = whole.parent_path();  // "handlers/" is "handlers"
  return error ? path : whole.string();
}

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// Where `handlers/` is looked for when nobody names any.
std::string default_folder(const TaskTemplate* task_template) {
  const bool beside_file = task_template && !task_template->file.empty() && task_template->file != "-";
  const fs::path folder = beside_file ? fs::path(task_template->file).parent_path() : fs::path();
  return absolute((folder / "handlers").string());
}

void must_exist(const std::string& path, const std::string& what, const std::string& file) {
  if (exists(path)) return;
  const Diagnostic detail{file, 0, 0, what + " \"" + path + "\" does not exist"};
  throw invalid(kind::template_invalid, detail.text(), {detail});
}

/// As Ruby's require reads it: "config/environment" with or without its ending, or a library like "json".
std::string required_file(const std::string& name) {
  if (exists(name) || exists(name + ".rb")) return absolute(name);
  const bool library = name.find('/') == std::string::npos && !name.ends_with(".rb");
  if (!library) must_exist(name, "file to require", "");
  return name;
}

}  // namespace

CommandError template_error(const std::string& path, std::vector<Diagnostic> errors) {
  const std::size_t count = errors.size();
  const std::string message =
      count == 1 ? errors.front().text() : path + ": " + std::to_string(count) + " errors, nothing was run";
  return CommandError(ExitCode::Invalid, kind::template_invalid, message, std::move(errors));
}

LoadedTemplate load_template(const std::string& path, const std::string& environment, bool strict) {
  LoadOptions options;
  options.environment = environment;
  options.strict = strict;
  if (path != "-") return load_template_file(path, options);
  std::error_code error;
  return load_template_text(read_standard_input(options.limits.max_bytes), "-", fs::current_path(error).string(),
                            options);
}

LoadedTemplate load_valid_template(const std::string& path, const std::string& environment, bool strict) {
  LoadedTemplate loaded = load_template(path, environment, strict);
  if (!loaded.ok()) throw template_error(path, std::move(loaded.errors));
  return loaded;
}

std::vector<std::string> handler_paths(const std::vector<std::string>& given, const TaskTemplate* task_template) {
  std::vector<std::string> paths;
  for (const std::string& path : given) {
    must_exist(path, "handler file or folder", "");
    paths.push_back(absolute(path));
  }
  if (!paths.empty()) return paths;
  if (task_template && !task_template->handlers.empty()) {
    for (const std::string& path : task_template->handlers)
      must_exist(path, "handler file or folder", task_template->file);
    return task_template->handlers;
  }
  const std::string folder = default_folder(task_template);
  return exists(folder) ? std::vector{folder} : std::vector<std::string>();
}

namespace {

/// A worker could not be started with it, however often that is tried.
std::optional<std::uint64_t> checked_open_files(std::optional<std::uint64_t> wanted) {
  const std::uint64_t most = io::most_descriptors();
  if (!wanted || *wanted <= most) return wanted;
  throw usage_error("--max-files: " + std::to_string(*wanted) + " is more than the hard limit of open files, " +
                    std::to_string(most) + " (ulimit -Hn)");
}

}  // namespace

WorkerOptions worker_options(const WorkerChoice& choice, std::vector<std::string> handler_paths) {
  WorkerOptions options;
  options.count = choice.count;
  options.handlers = std::move(handler_paths);
  options.environment = choice.environment;
  options.preload = choice.preload;
  options.clean_env = choice.clean_env;
  options.pass_env = choice.pass_env;
  options.max_memory_bytes = choice.max_memory_bytes;
  options.open_files = checked_open_files(choice.open_files);
  for (const std::string& name : choice.requires_) options.requires_.push_back(required_file(name));
  const Patience& patience = choice.patience;
  options.boot_timeout = patience.boot.value_or(options.boot_timeout);
  options.step_timeout = patience.step.value_or(options.step_timeout);
  options.cancel_grace = patience.cancel.value_or(options.cancel_grace);
  options.term_grace = patience.term.value_or(options.term_grace);
  const WorkerLimits& limits = choice.limits;
  options.max_steps = limits.max_steps;
  options.max_rss_kb = limits.max_rss_bytes / 1024;
  options.worker_ttl = limits.worker_ttl;
  options.idle_ttl = limits.idle_ttl;
  options.watch = limits.watch;
  return options;
}

CommandError no_handlers_error(const TaskTemplate* task_template) {
  const std::string named = task_template ? "the template names none and " : "none was named and ";
  return invalid(kind::template_invalid, "no Ruby handlers: " + named + short_path(default_folder(task_template)) +
                                             " does not exist; give them with -H PATH");
}

}  // namespace tasker::cli
