#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tasker/clock.hpp"

namespace tasker::io {

/// The session of a worker.
struct WorkerSession {
  int id = 0;                 ///< the worker's pid
  std::uint64_t started = 0;  ///< when the worker did, in ticks since boot (ProcessStat); 0: not known
};

/// What dead workers may have left behind.
struct Leftovers {
  std::vector<WorkerSession> sessions;
  /// How `NAME=value` begins in the environment of what is theirs (`TASKER_WORKER=...`); empty: don't ask for it. End
  /// it so that it can't be the beginning of another one.
  std::string mark;
  /// Nothing that started before is theirs, in ticks since boot.
  std::uint64_t not_before = 0;
};

struct Survivor {
  int pid = 0;
  std::string name;
};

/// Kills every process of those sessions or with that mark, the worker itself included, and what these start meanwhile,
/// and waits for their end until `patience` is over. Returns who still lives: a process stuck in the kernel, or one of
/// another user. A zombie counts as ended. Blocks; looks at all of /proc (milliseconds).
std::vector<Survivor> end_leftovers(const Leftovers& leftovers, Duration patience);

}  // namespace tasker::io
