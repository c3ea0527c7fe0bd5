#pragma once

#include <optional>

#include "tasker/runtime.hpp"
#include "tasker/store.hpp"

namespace tasker {

/// What stands when a run is over and its task, or one of them, has not ended.
struct Unfinished {
  bool is_durable = false;                     ///< the store is
  std::optional<StoreError> dropped{};         ///< the store gave the task to another, or refused it
  std::optional<StoreError> store_error{};     ///< it gave up
  std::optional<int> stopped_by{};             ///< somebody asked to stop: the signal, or 0
  std::optional<BootReport> workers_failed{};  ///< the last boot of a worker that failed
};

/// The first of them that explains it. Pure; the record is the caller's to add.
RunResult why_unfinished(Unfinished standing);

/// The same for a run that did not begin: it was interrupted, whatever else was found.
RunResult interrupted_or(RunResult result, std::optional<int> stopped_by);

}  // namespace tasker
