#pragma once

#include <optional>

#include "rpc/envelope.hpp"
#include "tasker/outcome.hpp"

namespace tasker::worker {

/// What an answer to `step/process` means, and what it says about its cost.
struct StepAnswer {
  StepOutcome outcome;
  std::optional<std::int64_t> cpu_us;
  std::optional<std::int64_t> max_rss_kb;
};

/// Pure. `asked` is why the engine had asked the step to stop, if it had.
StepAnswer step_answer(const rpc::ResultMessage& message, const JsonLimits& limits);
StepAnswer step_answer(const rpc::ErrorMessage& message, std::optional<CancelReason> asked, Duration timeout);

/// The outcome of a step whose process ended before it answered. `lost` says how the process ended.
StepOutcome outcome_of_death(ErrorInfo lost, std::optional<CancelReason> asked, Duration timeout);

}  // namespace tasker::worker
