#pragma once

#include <optional>
#include <string_view>

#include "tasker/outcome.hpp"
#include "tasker/state.hpp"
#include "tasker/task_template.hpp"

namespace tasker {

/// What an answer means for its step.
struct Verdict {
  StepState to = StepState::Pending;
  std::string_view outcome;  ///< of the history row; empty: no row, nothing ran
  SharedError error;
  bool consumed = true;  ///< the attempt counts
  std::optional<Duration> delay;
};

/// How a step stands when its answer comes.
struct Standing {
  const StepTemplate& step;
  int attempts = 0;            ///< consumed before this one
  int deaths = 0;              ///< of workers that it may have killed, this one included
  const JsonText& checkpoint;  ///< the last one, or null
  bool may_go_on = true;       ///< false: whatever would run again is cancelled
};

/// The table of docs/reliability.md: outcome and standing to verdict. `random` in [0, 1) is for the jitter of a retry.
/// Pure.
Verdict judge(const StepOutcome& outcome, const Standing& standing, double random);

/// A permanent failure of a step whose handler returned something that can't be taken.
Verdict refuse_results(std::string message, std::string error_code);

}  // namespace tasker
