#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "tasker/clock.hpp"

namespace tasker::cli {

/// Tasks of a run over many inputs, as they stand.
struct BulkCounts {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;  ///< lines that no task could be made of included
  std::uint64_t in_flight = 0;
  std::uint64_t skipped = 0;  ///< had ended in an earlier run
};

/// One line that says how far a run over many inputs is, with the rate of its last seconds. Pure.
class BulkStatus {
 public:
  /// `1200 done, 3 failed, 64 in flight, 410/s`
  std::string line(const BulkCounts& counts, TimePoint now);

 private:
  std::deque<std::pair<TimePoint, std::uint64_t>> samples_;  ///< ended tasks at each look
};

}  // namespace tasker::cli
