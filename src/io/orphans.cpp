#include "io/orphans.hpp"

#include <dirent.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "io/pidfd.hpp"
#include "io/unique_fd.hpp"

namespace tasker::io {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
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

/// Whichever ended child the kernel tells of first; none when there is none.
std::optional<int> peek_ended_child() {
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return std::nullopt;
  return info.si_pid;
}

std::vector<int> children() {
  std::vector<int> pids;
  for (const int thread : numbered_entries("/proc/self/task")) {
    std::istringstream list(read_file("/proc/self/task/" + std::to_string(thread) + "/children"));
    pids.insert(pids.end(), std::istream_iterator<int>(list), {});
  }
  return pids;
}

bool reap_if_ended(int pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid;
}

struct ProcessStat {
  std::string name;
  char state = '?';
  int session = 0;
};

std::optional<ProcessStat> read_stat(int pid) {
  const auto text = read_file("/proc/" + std::to_string(pid) + "/stat");
  // "pid (name) state ppid pgrp session ...": a name may hold anything, spaces and parentheses too.
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  ProcessStat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  std::istringstream rest(text.substr(close + 1));
  int parent = 0;
  int group = 0;
  rest >> stat.state >> parent >> group >> stat.session;
  return rest ? std::optional(stat) : std::nullopt;
}

bool has_mark(int pid, const std::string& mark) {
  const auto environment = '\0' + read_file("/proc/" + std::to_string(pid) + "/environ");
  return environment.find('\0' + mark + '\0') != std::string::npos;
}

bool is_alive(const ProcessStat& stat) { return stat.state != 'Z' && stat.state != 'X'; }

/// The number of a session is given to a new process only when nobody of the session is left. So where a leader lives,
/// after the worker died, the session isn't the worker's.
bool session_has_living_leader(int session) {
  const auto leader = read_stat(session);
  return leader && is_alive(*leader);
}

struct Prey {
  Survivor who;
  UniqueFd pidfd;
};

/// One look at all processes: those that match, killed.
class LeftoverHunt {
 public:
  explicit LeftoverHunt(const Leftovers& leftovers)
      : leftovers_(leftovers), ask_session_(leftovers.session > 0 && !session_has_living_leader(leftovers.session)) {}

  std::vector<Prey> kill_all() const {
    std::vector<Prey> prey;
    for (const int pid : numbered_entries("/proc")) {
      if (pid == ::getpid() || !find_match(pid)) continue;
      auto pidfd = open_pidfd(pid);
      // Asked again: between the question and the pidfd the number may have got another owner.
      const auto stat = find_match(pid);
      if (!pidfd || !stat) continue;
      send_signal(pidfd.get(), SIGKILL);
      prey.push_back({{pid, stat->name}, std::move(pidfd)});
    }
    return prey;
  }

 private:
  std::optional<ProcessStat> find_match(int pid) const {
    auto stat = read_stat(pid);
    if (!stat || !is_alive(*stat)) return std::nullopt;
    const bool of_session = ask_session_ && stat->session == leftovers_.session;
    if (of_session || (!leftovers_.mark.empty() && has_mark(pid, leftovers_.mark))) return stat;
    return std::nullopt;
  }

  const Leftovers& leftovers_;
  const bool ask_session_;
};

std::vector<Survivor> await(const std::vector<Prey>& prey, TimePoint deadline) {
  std::vector<Survivor> alive;
  for (const auto& one : prey) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (!wait_until_ended(one.pidfd.get(), std::max(left, std::chrono::milliseconds(0)))) alive.push_back(one.who);
  }
  return alive;
}

}  // namespace

void become_subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

std::vector<int> reap_orphans(std::span<const int> known) {
  const auto is_known = [known](int pid) { return std::find(known.begin(), known.end(), pid) != known.end(); };
  std::vector<int> reaped;
  auto ended = peek_ended_child();
  for (; ended && !is_known(*ended); ended = peek_ended_child()) {
    if (reap_if_ended(*ended)) reaped.push_back(*ended);
  }
  if (!ended) return reaped;
  // A worker that waits for its burial is told of first, every time; look behind it.
  for (const int pid : children()) {
    if (!is_known(pid) && reap_if_ended(pid)) reaped.push_back(pid);
  }
  return reaped;
}

std::vector<Survivor> end_session_leftovers(const Leftovers& leftovers, Duration patience) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration_cast<TimePoint::duration>(patience);
  // Again after each kill, for what was started while we looked; a fork bomb keeps us until the deadline only.
  while (true) {
    const auto prey = LeftoverHunt(leftovers).kill_all();
    auto alive = await(prey, deadline);
    if (prey.empty() || std::chrono::steady_clock::now() >= deadline) return alive;
  }
}

}  // namespace tasker::io
