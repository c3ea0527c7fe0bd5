#pragma once

#include "core/dag_executor.hpp"
#include "tasker/engine.hpp"

namespace tasker {

/// Decides what taking a task over means: what is written, how its predecessor's end counts, and whether it has ended
/// too many engines to get a further one. Pure.
struct Takeover {
  explicit Takeover(const Adoption& adoption);

  TakeOver write;
  DagExecutor::Predecessor predecessor;
  SharedError end;  ///< the task is stopped with it; null: it goes on
};

}  // namespace tasker
