#pragma once

#include <variant>

#include "io/unique_fd.hpp"
#include "worker/process.hpp"

namespace tasker::io {

/// The child's ends of its three pipes.
struct ChildStreams {
  UniqueFd in;
  UniqueFd out;
  UniqueFd err;
};

/// A child that runs: the leader of a session and a group of its own, which die with the thread that started it.
struct Spawned {
  int pid = -1;
  UniqueFd pidfd;
  /// The kernel counts into a child's peak memory what its parent held at `execve`; at most this much is not its own.
  long rss_floor_kb = 0;
};

/// Starts a program; returns when `execve` has succeeded or failed. A child that could not become its program is
/// reaped already. The only user of Boost.Process.
std::variant<Spawned, worker::LaunchError> spawn_session(const worker::Command& command, const ChildStreams& streams);

}  // namespace tasker::io
