#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tasker::io {

/// What /proc says of one process at one moment.
struct ProcessStat {
  std::string name;
  char state = '?';
  int parent = 0;
  int session = 0;
  std::uint64_t started = 0;  ///< ticks since the machine's boot; with its pid it means one process for ever

  bool is_alive() const { return state != 'Z' && state != 'X'; }
};

/// None when there is no such process.
std::optional<ProcessStat> read_process_stat(int pid);
/// Its environment as it was at `execve`, or what a forked child has of it: `NAME=value` entries, each behind a NUL.
/// Empty when it is another user's, or ending.
std::string read_process_environment(int pid);
/// Resident memory in KiB; 0 when it isn't known.
long read_resident_kb(int pid);

/// All processes.
std::vector<int> process_ids();
/// The entries of a folder that are numbers.
std::vector<int> numbered_entries(const char* directory);
/// A whole file; empty when it can't be read.
std::string read_whole_file(const std::string& path);

}  // namespace tasker::io
