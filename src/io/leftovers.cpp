#include "io/leftovers.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <unordered_map>
#include <utility>

#include "io/pidfd.hpp"
#include "io/proc_files.hpp"
#include "io/unique_fd.hpp"

namespace tasker::io {
namespace {

/// The number of a session is given to a new process only when nobody of the session is left. So where a leader lives
/// that is not the worker, the session isn't the worker's any more.
bool is_taken_by_another(const WorkerSession& session) {
  const auto leader = read_process_stat(session.id);
  return leader && leader->is_alive() && leader->started != session.started;
}

bool has_mark(int pid, const std::string& mark) {
  return read_process_environment(pid).find('\0' + mark) != std::string::npos;
}

struct Prey {
  Survivor who;
  UniqueFd pidfd;
};

/// One look at all processes: those that match, killed.
class Hunt {
 public:
  explicit Hunt(const Leftovers& leftovers) : leftovers_(leftovers) {
    for (const auto& session : leftovers.sessions) {
      if (!is_taken_by_another(session)) sessions_.push_back(session.id);
    }
  }

  std::vector<Prey> kill_all() {
    std::vector<Prey> prey;
    for (const int pid : process_ids()) {
      if (pid == ::getpid() || !may_match(pid) || !find_match(pid)) continue;
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
  /// A question that costs no file, nearly always: /proc makes some 20 us of work of each process that is read there.
  bool may_match(int pid) {
    const int session = ::getsid(pid);
    if (session < 0) return errno != ESRCH;  // some security modules don't tell
    if (is_theirs(session)) return true;
    return !leftovers_.mark.empty() && session != 0 && !is_older(session);
  }

  std::optional<ProcessStat> find_match(int pid) const {
    auto stat = read_process_stat(pid);
    if (!stat || !stat->is_alive() || stat->started < leftovers_.not_before) return std::nullopt;
    if (is_theirs(stat->session) || (!leftovers_.mark.empty() && has_mark(pid, leftovers_.mark))) return stat;
    return std::nullopt;
  }

  bool is_theirs(int session) const {
    return std::find(sessions_.begin(), sessions_.end(), session) != sessions_.end();
  }

  /// One is in the session of its parent or in one of its own making. So nothing of theirs is in a session whose leader
  /// is older than they are; and 0 is one that began outside of this pid namespace, or the kernel's own.
  bool is_older(int session) {
    const auto [known, is_new] = older_.try_emplace(session, false);
    if (is_new) {
      const auto leader = read_process_stat(session);
      known->second = leader && leader->started < leftovers_.not_before;
    }
    return known->second;
  }

  const Leftovers& leftovers_;
  std::vector<int> sessions_;
  std::unordered_map<int, bool> older_;  ///< sessions that were looked at
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

std::vector<Survivor> end_leftovers(const Leftovers& leftovers, Duration patience) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration_cast<TimePoint::duration>(patience);
  // Again after each kill, for what was started while we looked; a fork bomb keeps us until the deadline only. Nothing
  // is believed twice in a row only: one look can miss a child whose parent ended meanwhile, and one that is just
  // inside `execve`, where its environment reads as empty.
  for (int quiet_looks = 0;;) {
    const auto prey = Hunt(leftovers).kill_all();
    auto alive = await(prey, deadline);
    quiet_looks = prey.empty() ? quiet_looks + 1 : 0;
    if (quiet_looks == 2 || std::chrono::steady_clock::now() >= deadline) return alive;
  }
}

}  // namespace tasker::io
