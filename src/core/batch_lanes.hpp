#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "tasker/task.hpp"

namespace tasker {

/// What the failure of one batch worker means for the others and for what waits for them.
enum class BatchFailure : std::uint8_t {
  ContinueOnFailure,  ///< the others go on; what waits for all of them does not run
  FailFast,           ///< no other begins
  Isolate,            ///< the others go on, and what waits for them runs without the failed one
};

/// How many workers of a batch run at once: at most `parallelism`, the others stand in line. Owned by DagExecutor;
/// pure.
class BatchLanes {
 public:
  /// Lets a worker run, or puts it in line. Call with each that is ready, again when its turn has come.
  bool admit(StepIndex template_step, StepIndex step, const BatchConfig& config);
  /// A worker that was let in runs no more: whose turn it is, if anybody's.
  std::optional<StepIndex> leave(StepIndex template_step);

 private:
  struct Lane {
    std::size_t running = 0;
    std::deque<StepIndex> line;
  };
  std::unordered_map<StepIndex, Lane> lanes_;  ///< by template step
};

/// The strategy a name stands for; the first one for any other text.
BatchFailure batch_failure_of(std::string_view strategy);

}  // namespace tasker
