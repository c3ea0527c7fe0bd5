#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tasker::test {

/// One row of a step's history.
struct HistoryRow {
  std::int64_t dispatch = 0;
  int attempt = 0;
  std::string outcome;
  int worker_pid = 0;
  bool late = false;
};

/// A step as a result object or a store tells of it.
struct StepRows {
  std::string name;
  std::string state;
  int attempts = 0;
  std::string results;  ///< JSON, "null" when there are none
  std::string error_kind;
  std::vector<HistoryRow> history;
};

struct TaskRows {
  std::string state;
  std::vector<StepRows> steps;
};

/// What a handler wrote down while it ran, whatever the engine knows of it.
struct JournalEntry {
  enum class Kind : std::uint8_t { Begin, End, Other };
  Kind kind = Kind::Other;
  std::string step;
  int run = 0;  ///< counts the runs of this step
  int attempt = 0;
  int pid = 0;
  std::int64_t at_us = 0;
  std::string key;
  std::vector<int> alive;                  ///< of earlier runs of this step, found when this one began
  std::map<std::string, std::string> saw;  ///< parents' results, JSON
};

struct WorkerLife {
  int pid = 0;
  bool started = false;
  bool exited = false;
  std::string how;
  bool expected = false;
};

/// The engine from outside, at one moment.
struct EngineLook {
  int pipes = 0;
  int pidfds = 0;
  int others = 0;
  int workers = 0;
  int zombies = 0;
  int unborn = 0;  ///< children that are still about to become another program
  int rss_kb = 0;
  std::vector<std::string> blocking;  ///< pipes to workers that a read or write could block on
  int parents = 0;                    ///< of the workers those that fork the others; orders reach them by a socket
};

/// A worker has three pipes to the engine, a parent two.
inline int pipes_wanted(const EngineLook& look) { return 3 * look.workers - look.parents; }

struct LeftProcess {
  int pid = 0;
  std::string command;
};

/// Everything a run left behind, as far as a test can see it.
struct Evidence {
  std::optional<TaskRows> told;    ///< the result object
  std::optional<TaskRows> stored;  ///< the store's rows, read by themselves
  std::vector<JournalEntry> journal;
  std::vector<WorkerLife> workers;
  std::vector<EngineLook> looks;
  std::vector<std::string> signals;  ///< see signal_watch.cpp
  std::vector<LeftProcess> left;
  bool engine_killed = false;  ///< by the test: its last words about workers are missing
};

/// Holds a run against the invariants of docs/reliability.md (I1 to I6 and I8 to I10; I7 is what the tests of a
/// restarted engine are for). One sentence per violation, each with the invariant's name. Pure.
std::vector<std::string> violations(const Evidence& evidence);

/// Reads what the sentences above need.
TaskRows task_rows(const nlohmann::json& result_object);
JournalEntry journal_entry(const nlohmann::json& line);

}  // namespace tasker::test
