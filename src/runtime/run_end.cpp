#include "runtime/run_end.hpp"

#include <utility>

namespace tasker {

RunResult why_unfinished(Unfinished standing) {
  RunResult result;
  result.resumable = standing.is_durable;
  if (standing.dropped) {
    const bool duplicate = standing.dropped->kind == StoreError::Kind::DuplicateKey;
    result.end = duplicate ? RunEnd::DuplicateKey : RunEnd::TakenOver;
    result.store_error = std::move(standing.dropped->message);
  } else if (standing.store_error) {
    result.end = RunEnd::StoreFailed;
    result.store_error = std::move(standing.store_error->message);
  } else if (standing.stopped_by) {
    result.end = RunEnd::Interrupted;
    result.signal = *standing.stopped_by;
  } else {
    result.end = RunEnd::WorkersFailed;
    result.boot = std::move(standing.workers_failed);
  }
  return result;
}

RunResult interrupted_or(RunResult result, std::optional<int> stopped_by) {
  if (!stopped_by) return result;
  result.end = RunEnd::Interrupted;
  result.signal = *stopped_by;
  return result;
}

}  // namespace tasker
