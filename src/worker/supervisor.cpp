#include "worker/supervisor.hpp"

#include <algorithm>
#include <utility>

namespace tasker::worker {

namespace {

bool is_alive(const std::unique_ptr<Worker>& worker) { return worker && worker->state() != Worker::State::Gone; }

bool same_handlers(const std::vector<HandlerInfo>& a, const std::vector<HandlerInfo>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const HandlerInfo& x, const HandlerInfo& y) { return x.name == y.name && x.api == y.api; });
}

}  // namespace

Supervisor::Supervisor(std::size_t slots, WorkerSettings settings, ProcessLauncher& launcher, const Clock& clock,
                       Observer& observer, SupervisorListener& listener)
    : settings_(std::move(settings)),
      launcher_(launcher),
      clock_(clock),
      observer_(observer),
      listener_(listener),
      slots_(slots) {}

Supervisor::~Supervisor() = default;

std::size_t Supervisor::alive() const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return is_alive(slot.worker); }));
}

bool Supervisor::all_gone() const { return alive() == 0; }

void Supervisor::want(std::size_t workers) {
  wanted_ = std::max(wanted_, std::min(workers, slots_.size()));
  start_missing(clock_.steady());
}

void Supervisor::start_missing(TimePoint now) {
  if (stopping_ || hopeless_) return;
  std::size_t missing = wanted_ - std::min(wanted_, alive());
  for (std::size_t i = 0; i < slots_.size() && missing > 0; ++i) {
    Slot& slot = slots_[i];
    if (is_alive(slot.worker) || slot.restarts.next_start() > now) continue;
    if (!breaker_.may_boot(now)) return;
    breaker_.on_boot(now);
    start(slot, static_cast<int>(i) + 1);
    --missing;
    // While the breaker is open one boot is tried, not one per slot.
    if (breaker_.is_open() || hopeless_) return;
  }
}

void Supervisor::start(Slot& slot, int number) {
  if (slot.worker) dead_.push_back(std::move(slot.worker));
  slot.worker = std::make_unique<Worker>(number, settings_, clock_, static_cast<WorkerListener&>(*this));
  if (const auto report = slot.worker->start(launcher_)) boot_failed(slot, *report, true);
}

Worker* Supervisor::ready_worker() {
  for (Slot& slot : slots_) {
    if (slot.worker && slot.worker->state() == Worker::State::Ready) return slot.worker.get();
  }
  return nullptr;
}

Worker* Supervisor::running(DispatchId dispatch) {
  for (Slot& slot : slots_) {
    if (slot.worker && slot.worker->running() == dispatch) return slot.worker.get();
  }
  return nullptr;
}

bool Supervisor::has_usable_worker() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.worker && (slot.worker->state() == Worker::State::Ready || slot.worker->state() == Worker::State::Busy);
  });
}

std::size_t Supervisor::busy() const {
  return static_cast<std::size_t>(std::count_if(
      slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.worker && slot.worker->running(); }));
}

void Supervisor::tick(TimePoint now) {
  dead_.clear();
  for (Slot& slot : slots_) {
    if (slot.worker) slot.worker->tick(now);
  }
  start_missing(now);
}

TimePoint Supervisor::next_due() const {
  TimePoint due = TimePoint::max();
  const bool missing = !stopping_ && !hopeless_ && alive() < wanted_;
  const TimePoint probe = breaker_.next_probe().value_or(TimePoint::min());
  for (const Slot& slot : slots_) {
    if (is_alive(slot.worker)) {
      due = std::min(due, slot.worker->next_due());
    } else if (missing) {
      due = std::min(due, std::max(slot.restarts.next_start(), probe));
    }
  }
  return due;
}

void Supervisor::shift_deadlines(Duration by) {
  for (Slot& slot : slots_) {
    if (slot.worker) slot.worker->shift_deadlines(by);
  }
}

void Supervisor::stop() {
  stopping_ = true;
  for (Slot& slot : slots_) {
    if (slot.worker) slot.worker->stop();
  }
}

void Supervisor::kill() {
  stopping_ = true;
  for (Slot& slot : slots_) {
    if (slot.worker) slot.worker->kill();
  }
}

PoolSnapshot Supervisor::snapshot(TimePoint now) const {
  PoolSnapshot snapshot;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    WorkerSlot shown;
    shown.number = static_cast<int>(i) + 1;
    if (is_alive(slot.worker)) {
      static constexpr SlotState kStates[] = {SlotState::Starting, SlotState::Ready, SlotState::Busy,
                                              SlotState::Stopping};
      shown.state = kStates[static_cast<std::size_t>(slot.worker->state())];
      shown.pid = slot.worker->pid();
      shown.generation = 1;
    } else if (slot.restarts.next_start() > now) {
      shown.state = SlotState::Waiting;
      shown.next_start = slot.restarts.next_start() - now;
    }
    snapshot.slots.push_back(std::move(shown));
  }
  snapshot.wanted = wanted_;
  return snapshot;
}

// --- what workers tell
// -------------------------------------------------------------------------------------------------

void Supervisor::worker_ready(Worker& worker) {
  breaker_.on_boot_succeeded();
  observe(WorkerStarted{worker.number(), worker.pid(), worker.boot_time()});
  if (!announced_) {
    announced_ = true;
    handlers_ = worker.handlers();
    listener_.handlers_announced(handlers_);
  } else if (!same_handlers(handlers_, worker.handlers())) {
    // Handler files that load differently each time can't be relied on: a step could meet the wrong code.
    BootReport report;
    report.message =
        "worker " + std::to_string(worker.pid()) +
        " announced other handlers than the first worker; what the handler files define must not depend on time, "
        "chance or the machine's state";
    report.argv = settings_.command.argv;
    worker.kill();
    boot_failed(slots_[static_cast<std::size_t>(worker.number() - 1)], report, false);
    return;
  }
  listener_.worker_available();
}

void Supervisor::worker_idle(Worker& worker) {
  slots_[static_cast<std::size_t>(worker.number() - 1)].restarts.on_step_completed();
  listener_.worker_available();
}

void Supervisor::worker_gone(Worker& worker, const WorkerEnd& end) {
  Slot& slot = slots_[static_cast<std::size_t>(worker.number() - 1)];
  const bool expected = end.kind == WorkerEnd::Kind::Stopped;
  observe(WorkerExited{worker.number(), worker.pid(), end.how, expected});
  if (end.kind == WorkerEnd::Kind::BootFailed) {
    boot_failed(slot, *end.boot, end.hopeless);
  } else if (!expected) {
    slot.restarts.on_failure(clock_.steady(), random());
  }
  // Not here: a process is never started from inside another one's exit.
  listener_.tick_soon();
}

void Supervisor::worker_printed(Worker& worker, std::string_view line) {
  observe(WorkerLogged{worker.number(), worker.pid(), std::string(line)});
}

void Supervisor::boot_failed(Slot& slot, const BootReport& report, bool hopeless) {
  const TimePoint now = clock_.steady();
  slot.restarts.on_failure(now, random());
  breaker_.on_boot_failed(now);
  hopeless_ = hopeless_ || hopeless;
  if (hopeless || breaker_.is_open()) listener_.no_worker(report);
}

}  // namespace tasker::worker
