#pragma once

#include <span>
#include <string>
#include <vector>

#include "tasker/clock.hpp"

namespace tasker::io {

/// Whatever a dead worker started becomes the engine's child instead of init's. For a program that owns its process
/// (the CLI), never for a host that merely embeds the engine.
void become_subreaper();

/// Reaps ended children other than `known` (pids of live or unburied workers); returns their pids.
std::vector<int> reap_orphans(std::span<const int> known);

/// What a dead worker may have left behind.
struct Leftovers {
  int session = 0;  ///< its pid; 0: don't ask for it
  /// `NAME=value` that the worker alone had in its environment (`TASKER_WORKER=...`); empty: don't ask for it.
  std::string mark;
};

struct Survivor {
  int pid = 0;
  std::string name;
};

/// Kills every process of that session or with that mark, and what these start meanwhile, and waits for their end until
/// `patience` is over. Returns who still lives: a process stuck in the kernel, or one of another user.
/// Blocks; reads all of /proc (milliseconds).
std::vector<Survivor> end_session_leftovers(const Leftovers& leftovers, Duration patience);

}  // namespace tasker::io
