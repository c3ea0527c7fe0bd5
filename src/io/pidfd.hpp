#pragma once

#include <chrono>
#include <optional>

#include "io/unique_fd.hpp"
#include "worker/process.hpp"

namespace tasker::io {

// A pidfd means one process for ever, a pid means whoever has the number now. glibc 2.36 declares these calls without
// `extern "C"`, so they go by system call.

/// Empty with errno set when there is no such process.
UniqueFd open_pidfd(int pid);
/// False when it has ended.
bool send_signal(int pidfd, int number);
/// Whether the child has ended; it stays unreaped, so its pid and its group's number stay its own.
bool has_ended(int pidfd);
bool wait_until_ended(int pidfd, std::chrono::milliseconds patience);

/// CPU time that an unreaped child has used so far; none where the system does not tell.
std::optional<Duration> cpu_time(int pid);

/// Reaps an ended child. `rss_floor_kb`: a figure that is not above it isn't the child's (see Spawned) and reads 0.
worker::ExitStatus reap(int pidfd, long rss_floor_kb);
/// Kills and reaps a child that nobody could watch.
void end_unwatched(int pid);

}  // namespace tasker::io
