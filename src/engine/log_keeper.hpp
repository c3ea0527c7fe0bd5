#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tasker/clock.hpp"
#include "tasker/task.hpp"

namespace tasker {

/// What running steps print and log, until it goes to the store: with the step's end, or when it is half a second old.
/// Bounded per dispatch; what is over it is counted and said in a last line. Loop thread.
class LogKeeper {
 public:
  struct Limits {
    std::size_t lines = 2000;
    std::size_t bytes = 256 * 1024;
    std::size_t line_bytes = 16 * 1024;
  };
  explicit LogKeeper(Limits limits) : limits_(limits) {}
  LogKeeper() : LogKeeper(Limits{}) {}

  void add(DispatchId dispatch, LogLine line, TimePoint now);
  /// What came since the last time.
  std::vector<LogLine> take(DispatchId dispatch);
  /// The same, and the last word on what was left out; the dispatch is over.
  std::vector<LogLine> finish(DispatchId dispatch, WallTime now);

  /// When what is kept has waited long enough.
  std::optional<TimePoint> due() const { return due_; }
  /// The dispatches that have something; nothing is due any more.
  std::vector<DispatchId> waiting();

 private:
  struct Kept {
    std::vector<LogLine> lines;
    std::size_t total_lines = 0;
    std::size_t total_bytes = 0;
    std::size_t left_out = 0;
  };
  const Limits limits_;
  std::unordered_map<DispatchId, Kept> kept_;
  std::optional<TimePoint> due_;
};

}  // namespace tasker
