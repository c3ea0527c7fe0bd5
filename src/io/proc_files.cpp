#include "io/proc_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <sstream>
#include <string_view>

#include "io/unique_fd.hpp"

namespace tasker::io {

std::string read_whole_file(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 8192> buffer;
  while (file) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::vector<int> numbered_entries(const char* directory) {
  std::vector<int> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(directory),
                                                    [](DIR* opened) { return ::closedir(opened); });
  if (!entries) return numbers;
  while (const auto* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    int number = 0;
    const auto [end, error] = std::from_chars(name.begin(), name.end(), number);
    if (error == std::errc() && end == name.end()) numbers.push_back(number);
  }
  return numbers;
}

std::vector<int> process_ids() { return numbered_entries("/proc"); }

std::optional<ProcessStat> read_process_stat(int pid) {
  const auto text = read_whole_file("/proc/" + std::to_string(pid) + "/stat");
  // "pid (name) state ppid pgrp session ...": a name may hold anything, spaces and parentheses too.
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  ProcessStat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  std::istringstream rest(text.substr(close + 1));
  std::string skipped;
  rest >> stat.state >> stat.parent >> skipped >> stat.session;
  constexpr int kFieldsToStart = 15;  // tty_nr to itrealvalue
  for (int i = 0; i < kFieldsToStart; ++i) rest >> skipped;
  rest >> stat.started;
  return rest ? std::optional(std::move(stat)) : std::nullopt;
}

std::string read_process_environment(int pid) {
  std::string entries(1, '\0');
  return entries += read_whole_file("/proc/" + std::to_string(pid) + "/environ");
}

long read_resident_kb(int pid) {
  std::istringstream pages(read_whole_file("/proc/" + std::to_string(pid) + "/statm"));
  long size = 0;
  long resident = 0;
  pages >> size >> resident;
  return pages ? resident * (::sysconf(_SC_PAGESIZE) / 1024) : 0;
}

}  // namespace tasker::io
