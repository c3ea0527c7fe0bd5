#include "cli/run/store_choice.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "cli/command_error.hpp"

namespace tasker::cli {

namespace {

/// Its file, if it has one.
std::optional<std::string> path_in(const std::string& url) {
  try {
    return store_path(url);
  } catch (const std::runtime_error& error) {
    throw usage_error(error.what());
  }
}

}  // namespace

std::string store_for_run(const StoreChoice& choice, const Console& console) {
  if (choice.url) {
    path_in(*choice.url);  // refuses what is no store
    return *choice.url;
  }
  const std::string path = *store_path(kDefaultStore);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  std::error_code ignored;
  const bool there = std::filesystem::exists(folder, ignored);
  if (::access(there ? folder.c_str() : ".", W_OK | X_OK) == 0) return kDefaultStore;
  console.warn("the folder " + (there ? folder : std::string("\".\"")) +
               " can't be written, so the task is kept in memory and can't be resumed; --store sqlite:PATH names "
               "another place");
  return "memory:";
}

std::string store_words(const std::string& url) {
  const char* variable = std::getenv("TASKER_STORE");
  if (url == (variable && *variable ? variable : kDefaultStore)) return "";
  const bool plain = url.find_first_of(" \t\n\"'\\$`&|;<>()*?[]#~!{}") == std::string::npos;
  std::string quoted;
  for (const char c : url) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return " --store " + (plain ? url : "'" + quoted + "'");
}

std::string store_file(const StoreChoice& choice) {
  if (const auto path = path_in(choice.url.value_or(kDefaultStore))) return *path;
  throw usage_error("a store in memory ends with its run; name a file with --store sqlite:PATH");
}

}  // namespace tasker::cli
