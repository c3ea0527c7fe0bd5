#include "io/program_lookup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace tasker::io {
namespace {

std::error_code system_error_code(int number) { return {number, std::system_category()}; }

std::string join(std::string_view directory, std::string_view name) {
  if (directory.empty() || name.starts_with('/')) return std::string(name);
  std::string path(directory);
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

/// No error: it can be run.
std::error_code check_program(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error_code(errno);
  if (S_ISDIR(status.st_mode)) return system_error_code(EISDIR);
  if (!S_ISREG(status.st_mode)) return system_error_code(EACCES);
  if (::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) return system_error_code(errno);
  return {};
}

bool is_absence(const std::error_code& error) {
  return error.value() == ENOENT || error.value() == ENOTDIR || error.value() == EISDIR;
}

}  // namespace

std::variant<std::string, std::error_code> find_program(std::string_view name, std::string_view path,
                                                        std::string_view directory) {
  if (name.empty()) return system_error_code(ENOENT);
  if (name.find('/') != std::string_view::npos) {
    if (const auto error = check_program(join(directory, name))) return error;
    return std::string(name);
  }
  auto failure = system_error_code(ENOENT);
  while (true) {
    const auto end = path.find(':');
    const auto entry = path.substr(0, end);
    const auto candidate = join(entry.empty() ? "." : entry, name);
    const auto error = check_program(join(directory, candidate));
    if (!error) return candidate;
    if (!is_absence(error)) failure = error;
    if (end == std::string_view::npos) return failure;
    path.remove_prefix(end + 1);
  }
}

}  // namespace tasker::io
