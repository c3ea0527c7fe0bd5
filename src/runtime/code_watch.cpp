#include "runtime/code_watch.hpp"

#include <filesystem>
#include <functional>
#include <string_view>

namespace tasker {

namespace {

namespace fs = std::filesystem;

void mix(std::uint64_t& hash, std::uint64_t value) {
  hash = (hash ^ value) * 1099511628211ULL;
  hash ^= hash >> 29;
}

/// Of one file; a sum of these does not depend on the order in which a folder lists them.
std::uint64_t print_of(const fs::path& file) {
  std::error_code ignored;
  std::uint64_t hash = 14695981039346656037ULL;
  mix(hash, std::hash<std::string>{}(file.string()));
  mix(hash, static_cast<std::uint64_t>(fs::last_write_time(file, ignored).time_since_epoch().count()));
  mix(hash, static_cast<std::uint64_t>(fs::file_size(file, ignored)));
  return hash;
}

}  // namespace

std::uint64_t code_fingerprint(const std::vector<std::string>& paths) {
  std::uint64_t sum = 0;
  std::error_code error;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path, error)) {
      sum += print_of(path);
      continue;
    }
    fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (entry->path().extension() == ".rb") sum += print_of(entry->path());
    }
  }
  return sum;
}

bool CodeWatch::looked(std::uint64_t fingerprint) {
  const bool settled = fingerprint == seen_;
  seen_ = fingerprint;
  if (!settled || fingerprint == loaded_) return false;
  loaded_ = fingerprint;
  return true;
}

}  // namespace tasker
