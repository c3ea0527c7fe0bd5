#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "store/sqlite_db.hpp"
#include "tasker/clock.hpp"

namespace tasker::store {

/// What a store's file holds and weighs.
struct StoreStats {
  int version = 0;
  std::int64_t file_bytes = 0;
  std::int64_t log_bytes = 0;  ///< the write-ahead log beside it
  std::int64_t free_bytes = 0;
  std::vector<std::pair<std::string, std::int64_t>> tasks;  ///< by state
  std::int64_t steps = 0;
  std::int64_t attempts = 0;
  std::int64_t log_lines = 0;
  std::int64_t engines_alive = 0;
};
StoreStats stats_of(const std::string& path);

/// What is wrong with the file: SQLite's own findings and rules of ours. Empty: all is well.
std::vector<std::string> check(const std::string& path);

/// Writes a consistent copy while engines go on. Refuses to overwrite.
void backup(const std::string& path, const std::string& to);

/// Ended tasks that are old enough.
struct Garbage {
  std::int64_t tasks = 0;
  std::int64_t steps = 0;
};
Garbage count_garbage(const std::string& path, WallTime ended_before);
/// Removes them, some hundred per transaction, so that engines get their turn; then templates and engines that nobody
/// refers to. `progress` hears the tasks removed so far; false ends it early.
Garbage collect_garbage(const std::string& path, WallTime ended_before,
                        const std::function<bool(std::int64_t tasks)>& progress);

}  // namespace tasker::store
