#include "runtime/worker_command.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>

extern char** environ;

namespace tasker {

namespace {

namespace fs = std::filesystem;

bool is_secret(std::string_view name) {
  static constexpr std::array kWords = {"TOKEN", "SECRET", "KEY", "PASSWORD", "STORE"};
  return name.starts_with("TASKER_") && std::any_of(kWords.begin(), kWords.end(), [&](const char* word) {
           return name.find(word) != std::string_view::npos;
         });
}

/// Where the runner may be, most particular first.
std::vector<fs::path> runner_candidates() {
  std::error_code ignored;
  const fs::path binary = fs::read_symlink("/proc/self/exe", ignored);
  return {binary.parent_path() / "../share/tasker/ruby_runner/runner.rb", TASKER_INSTALLED_RUNNER,
          TASKER_SOURCE_RUNNER};
}

}  // namespace

std::vector<std::pair<std::string, std::string>> worker_environment(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::pair<std::string, std::string>> out;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(added.begin(), added.end(), [&](const auto& pair) { return pair.first == name; });
    if (name.size() == text.size() || is_secret(name) || replaced) continue;
    out.emplace_back(name, text.substr(name.size() + 1));
  }
  out.insert(out.end(), added.begin(), added.end());
  return out;
}

std::variant<worker::Command, std::string> worker_command(const WorkerOptions& options) {
  worker::Command command;
  command.env = worker_environment(options.env);
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
