#include "io/pidfd.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace tasker::io {
namespace {

// The raw call, because glibc's `waitid` leaves out the kernel's last argument: what this one child has used.
long wait_for(int pidfd, siginfo_t& info, int options, rusage* usage) {
  long result = 0;
  do {
    result = ::syscall(SYS_waitid, P_PIDFD, pidfd, &info, options, usage);
  } while (result != 0 && errno == EINTR);
  return result;
}

}  // namespace

UniqueFd open_pidfd(int pid) { return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

bool send_signal(int pidfd, int number) { return ::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0) == 0; }

bool has_ended(int pidfd) {
  siginfo_t info{};
  if (wait_for(pidfd, info, WEXITED | WNOHANG | WNOWAIT, nullptr) != 0) return true;  // reaped by somebody else
  return info.si_pid != 0;
}

bool wait_until_ended(int pidfd, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  pollfd ended{pidfd, POLLIN, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int ready = ::poll(&ended, 1, static_cast<int>(std::max(left, std::chrono::milliseconds(0)).count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::optional<Duration> cpu_time(int pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return std::nullopt;
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

worker::ExitStatus reap(int pidfd, long rss_floor_kb) {
  siginfo_t info{};
  rusage usage{};
  worker::ExitStatus status;
  // Fails when a host program reaps children that are not its own: the process is gone, how it ended is not known.
  if (wait_for(pidfd, info, WEXITED | WNOHANG, &usage) != 0 || info.si_pid == 0) return status;
  if (info.si_code == CLD_EXITED) {
    status.exit_code = info.si_status;
  } else {
    status.signal = info.si_status;
  }
  const auto time = [](const timeval& at) -> Duration {
    return std::chrono::seconds(at.tv_sec) + std::chrono::microseconds(at.tv_usec);
  };
  status.cpu = time(usage.ru_utime) + time(usage.ru_stime);
  if (usage.ru_maxrss > rss_floor_kb) status.max_rss_kb = usage.ru_maxrss;
  return status;
}

void end_unwatched(int pid) {
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace tasker::io
