#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tasker/step_limits.hpp"
#include "tasker/task.hpp"

namespace tasker {

/// What a person does to a task that has come to rest: steps that go back to their start, one that is declared done,
/// and so the task goes on. Decided here, written by the store.
struct Reopening {
  struct Reset {
    StepIndex step;
    StepState from;
  };
  struct Resolution {
    StepIndex step;
    JsonText results;
    AttemptRecord attempt;  ///< its row in the history
  };
  std::vector<Reset> resets;
  std::optional<Resolution> resolution;
};

/// Why it can't be done: a sentence.
struct CannotReopen {
  std::string message;
};

/// Everything that failed or was cancelled runs again; with a step named: that one, and what follows from it.
std::variant<Reopening, CannotReopen> retry(const TaskRecord& record, std::optional<StepIndex> step);

/// A failed step counts as done; what waited for it may run. What the results of a decision or batchable step ask for
/// is held to the same rules and limits as if its handler had returned them.
std::variant<Reopening, CannotReopen> resolve(const TaskRecord& record, StepIndex step, JsonText results,
                                              const StepLimits& limits, WallTime now);

}  // namespace tasker
