#include "engine/takeover.hpp"

#include <memory>
#include <string>

namespace tasker {

namespace {

/// A task that ended so many engines, one after the other and without a new result, gets no further one.
constexpr int kMostRecoveries = 5;

SharedError engine_killer(int engines) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::EngineKiller;
  error->message = std::to_string(engines) + " engines died of this task, one after the other";
  error->retryable = false;
  return error;
}

}  // namespace

Takeover::Takeover(const Adoption& adoption)
    : write{adoption.record.task.id, adoption.record.fence, adoption.record.recoveries + (adoption.died ? 1 : 0)},
      predecessor(adoption.died ? DagExecutor::Predecessor::Died : DagExecutor::Predecessor::SignedOff),
      end(write.recoveries > kMostRecoveries ? engine_killer(write.recoveries) : nullptr) {}

}  // namespace tasker
