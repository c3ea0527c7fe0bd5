#include "io/orphans.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "io/proc_files.hpp"

namespace tasker::io {
namespace {

/// Whichever ended child the kernel tells of first; none when there is none.
std::optional<int> peek_ended_child() {
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return std::nullopt;
  return info.si_pid;
}

std::vector<int> ended_children() {
  std::vector<int> pids;
  for (const int pid : process_ids()) {
    const auto stat = read_process_stat(pid);
    if (stat && stat->parent == ::getpid() && !stat->is_alive()) pids.push_back(pid);
  }
  return pids;
}

bool reap_if_ended(int pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid;
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
  for (const int pid : ended_children()) {
    if (!is_known(pid) && reap_if_ended(pid)) reaped.push_back(pid);
  }
  return reaped;
}

}  // namespace tasker::io
