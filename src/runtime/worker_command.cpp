#include "runtime/worker_command.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>

#include "runtime/worker_environment.hpp"

namespace tasker {

namespace {

namespace fs = std::filesystem;

/// Where the runner may be, most particular first.
std::vector<fs::path> runner_candidates() {
  std::error_code ignored;
  const fs::path binary = fs::read_symlink("/proc/self/exe", ignored);
  return {binary.parent_path() / "../share/tasker/ruby_runner/runner.rb", TASKER_INSTALLED_RUNNER,
          TASKER_SOURCE_RUNNER};
}

}  // namespace

std::variant<worker::Command, std::string> worker_command(const WorkerOptions& options) {
  worker::Command command;
  command.env = worker_environment(variables_of(environ), {options.clean_env, options.pass_env, options.env});
  add_heap_tuning(command.env);
  command.max_memory_bytes = options.max_memory_bytes;
  if (options.open_files) command.limits.push_back({RLIMIT_NOFILE, *options.open_files, "open files"});
  command.directory = options.directory;
  const std::vector<fs::path> candidates =
      options.runner.empty() ? runner_candidates() : std::vector<fs::path>{options.runner};
  for (const fs::path& candidate : candidates) {
    std::error_code ignored;
    if (!fs::is_regular_file(candidate, ignored)) continue;
    // Without RubyGems a worker boots in 10 ms instead of 45; the runner loads it when a handler needs it.
    command.argv = {options.ruby, "--disable-gems", fs::weakly_canonical(candidate, ignored).string()};
    return command;
  }
  std::string message = "the Ruby runner is missing; looked for";
  for (const fs::path& candidate : candidates) message += " " + candidate.lexically_normal().string();
  return message;
}

}  // namespace tasker
