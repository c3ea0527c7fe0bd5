#include "support/engine_look.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>

namespace tasker::test {

namespace {

namespace fs = std::filesystem;

/// Not by a stream: that throws when the process ends between the open and the read.
std::string read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t size; (size = ::read(fd, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(size));
  ::close(fd);
  return text;
}

std::vector<int> numbers_in(const fs::path& folder) {
  std::vector<int> numbers;
  std::error_code gone;
  for (fs::directory_iterator entry(folder, gone), end; !gone && entry != end; entry.increment(gone)) {
    const std::string name = entry->path().filename();
    int number = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && rest == name.data() + name.size()) numbers.push_back(number);
  }
  return numbers;
}

struct Stat {
  char state = '?';
  int parent = 0;
  int session = 0;
};

std::optional<Stat> stat_of(int pid) {
  const std::string text = read_file("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  Stat stat;
  int group = 0;
  rest >> stat.state >> stat.parent >> group >> stat.session;
  return rest ? std::optional(stat) : std::nullopt;
}

std::string command_of(int pid) {
  std::string command = read_file("/proc/" + std::to_string(pid) + "/cmdline");
  std::replace(command.begin(), command.end(), '\0', ' ');
  return command;
}

std::string target_of(int pid, int fd) {
  std::error_code gone;
  return fs::read_symlink("/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd), gone).string();
}

std::set<std::string> pipes_of(int pid) {
  std::set<std::string> pipes;
  for (const int fd : numbers_in("/proc/" + std::to_string(pid) + "/fd")) {
    std::string target = target_of(pid, fd);
    if (target.starts_with("pipe:")) pipes.insert(std::move(target));
  }
  return pipes;
}

/// Only the parent that forks the workers (--preload) has a socket.
bool has_order_socket(int pid) {
  const auto fds = numbers_in("/proc/" + std::to_string(pid) + "/fd");
  return std::any_of(fds.begin(), fds.end(), [&](int fd) { return target_of(pid, fd).starts_with("socket:"); });
}

bool may_block(int pid, int fd) {
  std::istringstream info(read_file("/proc/" + std::to_string(pid) + "/fdinfo/" + std::to_string(fd)));
  std::string key;
  for (std::string value; info >> key >> value;) {
    if (key == "flags:") return (std::stol(value, nullptr, 8) & O_NONBLOCK) == 0;
  }
  return false;
}

/// Resident memory in kB.
int rss_of(int pid) {
  std::istringstream status(read_file("/proc/" + std::to_string(pid) + "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoi(line.substr(6));
  }
  return 0;
}

EngineLook look_once(int engine) {
  EngineLook look;
  const std::string engine_command = command_of(engine);
  std::set<std::string> worker_pipes;
  for (const int pid : numbers_in("/proc")) {
    const auto stat = stat_of(pid);
    if (!stat || stat->parent != engine) continue;
    if (stat->state == 'Z') ++look.zombies;
    const std::string command = command_of(pid);
    if (command == engine_command) ++look.unborn;
    if (stat->state == 'Z' || command.find("runner.rb") == std::string::npos) continue;
    ++look.workers;
    if (has_order_socket(pid)) ++look.parents;
    worker_pipes.merge(pipes_of(pid));
  }
  for (const int fd : numbers_in("/proc/" + std::to_string(engine) + "/fd")) {
    if (fd < 3) continue;
    const std::string target = target_of(engine, fd);
    if (target == "anon_inode:[pidfd]") {
      ++look.pidfds;
    } else if (worker_pipes.contains(target)) {
      ++look.pipes;
      if (may_block(engine, fd)) look.blocking.push_back("fd " + std::to_string(fd) + ", " + target);
    } else {
      ++look.others;
    }
  }
  look.others -= 2 * look.parents;  // of that socket the engine has its end twice
  look.rss_kb = rss_of(engine);
  return look;
}

bool fits(const EngineLook& look) {
  return look.zombies == 0 && look.unborn == 0 && look.pidfds == look.workers && look.pipes == pipes_wanted(look);
}

}  // namespace

EngineLook look_at_engine(int pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  EngineLook before;
  while (true) {
    const EngineLook look = look_once(pid);
    const bool stands_still = look.others == before.others && look.workers == before.workers;
    if ((fits(look) && stands_still) || std::chrono::steady_clock::now() > deadline) return look;
    before = look;
    ::poll(nullptr, 0, 2);  // nobody tells of changes in /proc
  }
}

std::vector<LeftProcess> children_of(int parent) {
  std::vector<LeftProcess> found;
  for (const int pid : numbers_in("/proc")) {
    const auto stat = stat_of(pid);
    if (stat && stat->parent == parent) found.push_back({pid, command_of(pid)});
  }
  return found;
}

std::vector<LeftProcess> processes_with(const std::string& mark, const std::vector<int>& sessions) {
  std::vector<LeftProcess> found;
  for (const int pid : numbers_in("/proc")) {
    const auto stat = stat_of(pid);
    if (!stat || stat->state == 'X' || stat->state == 'Z') continue;
    const bool in_session = std::find(sessions.begin(), sessions.end(), stat->session) != sessions.end();
    const std::string environment = '\0' + read_file("/proc/" + std::to_string(pid) + "/environ");
    if (in_session || environment.find('\0' + mark + '\0') != std::string::npos)
      found.push_back({pid, command_of(pid)});
  }
  return found;
}

}  // namespace tasker::test
