#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tasker/workers.hpp"
#include "worker/restart_policy.hpp"
#include "worker/worker.hpp"

namespace tasker::worker {

/// One place for a worker in the pool: outlives its processes and remembers how they ended. Loop thread.
struct Slot {
  int number = 0;  ///< from 1
  std::unique_ptr<Worker> worker;
  RestartPolicy restarts;
  std::string last_end;

  bool is_alive() const { return worker && worker->state() != Worker::State::Gone; }
  /// Will take steps, or does.
  bool serves() const { return is_alive() && worker->state() != Worker::State::Stopping; }
  /// As it stands. `held_until`: a process is wanted here, and none is started before then (TimePoint::max(): before
  /// something else happens).
  WorkerSlot show(TimePoint now, std::optional<TimePoint> held_until) const;
};

}  // namespace tasker::worker
