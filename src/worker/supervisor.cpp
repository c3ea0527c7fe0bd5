#include "worker/supervisor.hpp"

#include <algorithm>
#include <utility>

namespace tasker::worker {

Supervisor::Supervisor(SupervisorConfig config, WorkerSettings settings, ProcessLauncher& launcher, const Clock& clock,
                       Observer& observer, SupervisorListener& listener)
    : config_(config),
      settings_(std::move(settings)),
      launcher_(launcher),
      clock_(clock),
      observer_(observer),
      listener_(listener),
      slots_(config.slots + 1),
      spare_(static_cast<int>(config.slots) + 1) {
  int number = 0;
  for (Slot& slot : slots_) slot.number = ++number;
}

Supervisor::~Supervisor() = default;

// --- who is there
// ------------------------------------------------------------------------------------------------------

bool Supervisor::all_gone() const {
  return std::none_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.is_alive(); });
}

std::size_t Supervisor::missing() const {
  const auto alive = static_cast<std::size_t>(std::count_if(
      slots_.begin(), slots_.end(), [this](const Slot& slot) { return slot.is_alive() && !is_spare(slot); }));
  return wanted_ - std::min(wanted_, alive);
}

Worker* Supervisor::worker_for(const Parcel& parcel) {
  Worker* best = nullptr;
  for (Slot& slot : slots_) {
    if (!slot.serves() || !slot.worker->accepts(parcel)) continue;
    if (!best || slot.worker->load() < best->load()) best = slot.worker.get();
    if (best->load() == 0) break;
  }
  return best;
}

Worker* Supervisor::running(DispatchId dispatch) {
  for (Slot& slot : slots_) {
    if (slot.worker && slot.worker->runs(dispatch)) return slot.worker.get();
  }
  return nullptr;
}

std::size_t Supervisor::serving() const {
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.serves() && slot.worker->state() != Worker::State::Starting;
  }));
}

std::size_t Supervisor::busy() const {
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.serves() && slot.worker->state() == Worker::State::Busy;
  }));
}

// --- starting
// ----------------------------------------------------------------------------------------------------------

void Supervisor::want(std::size_t workers) {
  wanted_ = std::max(wanted_, std::min(workers, config_.slots));
  start_missing(clock_.steady());
}

void Supervisor::start_missing(TimePoint now) {
  if (!may_start()) return;
  start_canary(now);
  if (reload_.holds_starts()) return;
  std::size_t missing_now = missing();
  for (Slot& slot : slots_) {
    if (missing_now == 0) return;
    if (is_spare(slot) || slot.is_alive() || slot.restarts.next_start() > now) continue;
    if (!breaker_.may_boot(now)) return;
    breaker_.on_boot(now);
    start(slot, reload_.generation());
    --missing_now;
    // While the breaker is open one boot is tried, not one per slot.
    if (breaker_.state() != BreakerState::Closed || hopeless_) return;
  }
}

void Supervisor::start(Slot& slot, int generation) {
  if (slot.worker) dead_.push_back(std::move(slot.worker));
  slot.worker = std::make_unique<Worker>(Worker::Identity{slot.number, generation}, settings_, clock_,
                                         static_cast<WorkerListener&>(*this), random());
  const auto failure = slot.worker->start(launcher_);
  if (!failure) return observe(WorkerStarting{slot.number, slot.worker->pid(), generation});
  if (is_canary(slot)) return canary_failed(failure->report);
  slot.restarts.on_end(WorkerEndKind::BootFailed, clock_.steady(), random());
  slot.last_end = "never started";
  boot_failed(slot, failure->report, failure->hopeless);
}

void Supervisor::boot_failed(Slot& slot, const BootReport& report, bool hopeless) {
  const TimePoint now = clock_.steady();
  const bool was_closed = breaker_.state() == BreakerState::Closed;
  breaker_.on_boot_failed(now);
  const bool opened = was_closed && breaker_.state() == BreakerState::Open;
  if (opened) observe(WorkersHeld{report, *breaker_.next_probe() - now, serving()});
  if (hopeless && announced_) {
    // It did load once: the files have changed meanwhile, for the worse.
    reload_.reject(now);
    observe(WorkersCodeRejected{slot.worker->generation(), reload_.generation(), report});
    if (!config_.awaits_code) listener_.no_worker(report);
    return;
  }
  hopeless_ = hopeless_ || hopeless;
  if (hopeless || breaker_.state() == BreakerState::Open) listener_.no_worker(report);
}

// --- what workers tell
// -------------------------------------------------------------------------------------------------

void Supervisor::worker_ready(Worker& worker) {
  observe(WorkerStarted{worker.number(), worker.pid(), worker.boot_time(), worker.generation()});
  const bool canary = canary_ == worker.number();
  // Before the breaker hears of a success: one that can't be used is a boot that failed.
  if (!canary && announced_ && !announces_the_same(worker)) return;
  const bool was_held = breaker_.state() != BreakerState::Closed;
  breaker_.on_boot_succeeded();
  if (was_held) observe(WorkersReleased{});
  if (canary) return canary_ready(worker);
  if (!announced_) announce(worker);
  listener_.workers_back();
  listener_.worker_available();
  if (next_relief() != TimePoint::max()) listener_.tick_soon();
}

void Supervisor::worker_answered(Worker& worker, const StepEnd& end) {
  if (end.completed) slot_of(worker).restarts.on_step_completed();
  listener_.step_ended(end);
  // Its end is told next, and counts before its slot is filled again; a process is never started from inside another
  // one's exit.
  if (worker.state() == Worker::State::Gone) return;
  recycle_if_due(worker, clock_.steady());
  listener_.worker_available();
}

void Supervisor::recycle_if_due(Worker& worker, TimePoint now) {
  const auto recycle = worker.recycle_due(now);
  if (!recycle) return;
  if (recycle->reason == RecycleReason::IdleTtl && wanted_ > 0) --wanted_;
  retire(worker, *recycle);
}

void Supervisor::retire(Worker& worker, const Recycle& recycle) {
  observe(WorkerRecycled{worker.number(), worker.pid(), recycle.reason, recycle.why});
  worker.retire(recycle.reason);
}

void Supervisor::worker_gone(Worker& worker, const WorkerEnd& end) {
  const TimePoint now = clock_.steady();
  Slot& slot = slot_of(worker);
  slot.last_end = end.how;
  const bool canary = is_canary(slot);
  if (!canary) slot.restarts.on_end(end.kind, now, random());
  const Duration wait = slot.restarts.next_start() - now;
  const bool expected = end.kind == WorkerEndKind::Stopped || end.kind == WorkerEndKind::Recycled;
  observe(WorkerExited{worker.number(), worker.pid(), end.how, expected, end.kind,
                       wait > Duration::zero() ? std::optional(wait) : std::nullopt, end.evidence, canary});
  if (canary) {
    canary_ = 0;
    if (end.boot) canary_failed(*end.boot);
  } else if (end.boot) {
    boot_failed(slot, *end.boot, end.hopeless);
  } else if (!worker.was_ready()) {
    breaker_.on_boot_abandoned();
  }
  // Not here: a process is never started from inside another one's exit.
  listener_.tick_soon();
}

void Supervisor::worker_printed(Worker& worker, std::string_view line) {
  observe(WorkerLogged{worker.number(), worker.pid(), std::string(line)});
}

// --- time
// --------------------------------------------------------------------------------------------------------------

void Supervisor::tick(TimePoint now) {
  dead_.clear();
  for (Slot& slot : slots_) {
    if (!slot.is_alive()) continue;
    slot.worker->tick(now);
    recycle_if_due(*slot.worker, now);
  }
  relieve(now);
  start_missing(now);
}

bool Supervisor::has_idle_worker() const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [](const Slot& slot) { return slot.serves() && slot.worker->state() == Worker::State::Ready; });
}

void Supervisor::relieve(TimePoint now) {
  if (now < next_relief()) return;
  if (!has_idle_worker()) return want(busy() + 1);
  for (Slot& slot : slots_) {
    const auto since = slot.serves() ? slot.worker->holds_up_since() : std::nullopt;
    if (since && now - *since >= config_.patience) slot.worker->take_back_waiting();
  }
}

/// Only when something can be done about it: a worker is idle, or one more can be had.
TimePoint Supervisor::next_relief() const {
  TimePoint due = TimePoint::max();
  for (const Slot& slot : slots_) {
    const auto since = slot.serves() ? slot.worker->holds_up_since() : std::nullopt;
    if (since) due = std::min(due, *since + config_.patience);
  }
  return due == TimePoint::max() || has_idle_worker() || wanted_ < std::min(busy() + 1, config_.slots)
             ? due
             : TimePoint::max();
}

TimePoint Supervisor::next_due() const {
  TimePoint due = next_relief();
  for (const Slot& slot : slots_) {
    if (slot.is_alive()) due = std::min({due, slot.worker->next_due(), slot.worker->next_recycle()});
  }
  if (!may_start() || missing() == 0) return due;
  if (reload_.holds_starts()) return std::min(due, reload_.next_try().value_or(TimePoint::max()));
  if (breaker_.state() == BreakerState::HalfOpen) return due;  // its end is waited for
  const TimePoint probe = breaker_.next_probe().value_or(TimePoint::min());
  for (const Slot& slot : slots_) {
    if (!slot.is_alive() && !is_spare(slot)) due = std::min(due, std::max(slot.restarts.next_start(), probe));
  }
  return due;
}

void Supervisor::shift_deadlines(Duration by) {
  for (Slot& slot : slots_) {
    if (slot.worker) slot.worker->shift_deadlines(by);
  }
}

// --- the end
// -----------------------------------------------------------------------------------------------------------

void Supervisor::stop() {
  stopping_ = true;
  for (Slot& slot : slots_) {
    if (slot.worker) slot.worker->stop();
  }
}

void Supervisor::kill() {
  stopping_ = true;
  for (Slot& slot : slots_) {
    if (slot.is_alive()) slot.worker->kill();
  }
}

// --- what is shown
// -----------------------------------------------------------------------------------------------------

PoolSnapshot Supervisor::snapshot(TimePoint now) const {
  PoolSnapshot snapshot;
  for (const Slot& slot : slots_) {
    if (is_spare(slot) && !slot.is_alive()) continue;
    snapshot.slots.push_back(slot.show(now, missing() > 0 ? held_until() : std::nullopt));
  }
  snapshot.wanted = wanted_;
  snapshot.generation = reload_.generation();
  snapshot.reloading = reload_.phase() == ReloadPolicy::Phase::Asked || reload_.phase() == ReloadPolicy::Phase::Trial;
  snapshot.breaker = breaker_.state();
  if (const auto probe = breaker_.next_probe()) snapshot.next_probe = *probe - now;
  return snapshot;
}

std::optional<TimePoint> Supervisor::held_until() const {
  if (reload_.holds_starts()) return reload_.next_try().value_or(TimePoint::max());
  if (hopeless_ || breaker_.state() == BreakerState::HalfOpen) return TimePoint::max();
  return breaker_.next_probe();
}

}  // namespace tasker::worker
