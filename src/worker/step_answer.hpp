#pragma once

#include <optional>

#include "rpc/envelope.hpp"
#include "tasker/outcome.hpp"
#include "worker/delivery_ledger.hpp"

namespace tasker::worker {

/// What an answer to `step/process` means, and what it says about its cost.
struct StepAnswer {
  StepOutcome outcome = NotStarted{};
  std::optional<Duration> took;  ///< by the runner's clock: the handler alone
  std::optional<std::int64_t> cpu_us;
  std::optional<std::int64_t> max_rss_kb;  ///< peak over the step
  std::optional<std::int64_t> rss_kb;      ///< at its end
  bool retires = false;                    ///< the runner ends after this answer
};

/// Pure. `asked` is why the engine had asked the step to stop, if it had.
StepAnswer step_answer(const rpc::ResultMessage& message, const JsonLimits& limits);
StepAnswer step_answer(const rpc::ErrorMessage& message, std::optional<CancelReason> asked, Duration timeout);

/// The outcome of a step whose process ended before it answered. `lost` says how the process ended; `silent` is the
/// time since the step was heard of last, if it ever was.
StepOutcome outcome_of(const Fate& fate, ErrorInfo lost, Duration timeout, std::optional<Duration> silent);

}  // namespace tasker::worker
