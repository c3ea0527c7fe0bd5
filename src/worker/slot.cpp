#include "worker/slot.hpp"

#include <algorithm>

namespace tasker::worker {

WorkerSlot Slot::show(TimePoint now, std::optional<TimePoint> held_until) const {
  WorkerSlot shown;
  shown.number = number;
  shown.counters = restarts.counters();
  shown.last_end = last_end;
  if (is_alive()) {
    worker->fill(shown, now);
    return shown;
  }
  const TimePoint next = std::max(restarts.next_start(), held_until.value_or(TimePoint::min()));
  if (held_until) {
    shown.state = SlotState::Held;
  } else if (next > now) {
    shown.state = SlotState::Waiting;
  }
  if (shown.state != SlotState::Empty && next != TimePoint::max())
    shown.next_start = std::max(next - now, Duration::zero());
  return shown;
}

}  // namespace tasker::worker
