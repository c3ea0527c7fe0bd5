#pragma once

#include <cstddef>

namespace tasker {

/// How much a task may grow while it runs. A result that asks for more is a permanent failure of its step that names
/// the limit; nothing is created then.
struct StepLimits {
  std::size_t steps_per_decision = 1'000;           ///< that one decision may choose
  std::size_t batches_per_step = 100'000;           ///< that one batchable step may cut
  std::size_t steps_per_task = 1'000'000;           ///< with those it began with
  std::size_t dependencies_per_result = 4'000'000;  ///< edges of the steps that one result creates
};

}  // namespace tasker
