// The Supervisor's part about code: what is announced, and how new code gets in (ReloadPolicy decides).
#include <algorithm>
#include <utility>

#include "worker/supervisor.hpp"

namespace tasker::worker {

namespace {

bool same_handlers(const std::vector<HandlerInfo>& a, const std::vector<HandlerInfo>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const HandlerInfo& x, const HandlerInfo& y) { return x.name == y.name && x.api == y.api; });
}

}  // namespace

void Supervisor::reload() {
  if (stopping_) return;
  hopeless_ = false;
  if (announced_ && reload_.ask() && canary_ != 0) slots_[static_cast<std::size_t>(canary_ - 1)].worker->kill();
  listener_.tick_soon();
}

void Supervisor::start_canary(TimePoint now) {
  Slot& spare = slots_[static_cast<std::size_t>(spare_ - 1)];
  if (canary_ != 0 || spare.is_alive() || !reload_.canary_due(now, missing() > 0)) return;
  reload_.on_canary_started();
  canary_ = spare.number;
  start(spare, reload_.newest());
}

void Supervisor::canary_failed(const BootReport& report) {
  canary_ = 0;
  reload_.on_canary_failed(clock_.steady());
  observe(WorkersCodeRejected{reload_.newest(), reload_.generation(), report});
}

/// A task that is under way may name any handler that was there: code without it is no newer version of it.
std::optional<BootReport> Supervisor::takes_away(const Worker& canary) const {
  for (const HandlerInfo& had : handlers_) {
    if (had.api == "unusable") continue;
    const auto has = std::find_if(canary.handlers().begin(), canary.handlers().end(),
                                  [&](const HandlerInfo& handler) { return handler.name == had.name; });
    const bool gone = has == canary.handlers().end();
    if (!gone && has->api != "unusable") continue;
    BootReport report;
    report.message = gone ? "handler \"" + had.name + "\" is gone from " + had.file + "; to remove it, start anew"
                          : "handler \"" + had.name + "\" can't be used any more: " + has->reason;
    report.argv = settings_.command.argv;
    report.file = gone ? had.file : has->file;
    report.line = gone ? 0 : has->line;
    return report;
  }
  return std::nullopt;
}

void Supervisor::canary_ready(Worker& canary) {
  if (const auto report = takes_away(canary)) {
    canary_failed(*report);
    return canary.kill();
  }
  canary_ = 0;
  reload_.on_canary_ready();
  wanted_ = std::max<std::size_t>(wanted_, 1);
  observe(WorkersCodeLoaded{reload_.generation()});
  announce(canary);
  displace(canary);
  listener_.workers_back();
  listener_.worker_available();
  listener_.tick_soon();
}

/// The others finish what they run; the slot of one of them is the next spare.
void Supervisor::displace(const Worker& canary) {
  const auto rank = [&](const Slot& slot) {
    return !slot.is_alive() ? 0 : slot.worker->state() == Worker::State::Busy ? 2 : 1;
  };
  const Slot* next_spare = nullptr;
  for (Slot& slot : slots_) {
    if (slot.number == canary.number()) continue;
    if (!next_spare || rank(slot) < rank(*next_spare)) next_spare = &slot;
  }
  spare_ = next_spare->number;
  for (Slot& slot : slots_) {
    if (!slot.serves() || slot.worker->generation() == canary.generation()) continue;
    retire(*slot.worker, {RecycleReason::Reload, "runs generation " + std::to_string(slot.worker->generation()) +
                                                     " of the code; generation " + std::to_string(canary.generation()) +
                                                     " is served now"});
  }
}

void Supervisor::announce(const Worker& worker) {
  announced_ = true;
  handlers_ = worker.handlers();
  listener_.handlers_announced(handlers_);
}

bool Supervisor::announces_the_same(Worker& worker) {
  if (same_handlers(handlers_, worker.handlers())) return true;
  if (reload_.holds_starts()) {
    // It was starting when the files changed, and may have loaded them before its time.
    breaker_.on_boot_abandoned();
    worker.kill();
    return false;
  }
  // Handler files that load differently each time can't be relied on: a step could meet the wrong code.
  BootReport report;
  report.message = "worker " + std::to_string(worker.pid()) +
                   " announced other handlers than the first worker; what the handler files define must not depend on "
                   "time, chance or the machine's state";
  report.argv = settings_.command.argv;
  worker.kill();
  Slot& slot = slot_of(worker);
  slot.restarts.on_end(WorkerEndKind::BootFailed, clock_.steady(), random());
  boot_failed(slot, report, false);
  return false;
}

}  // namespace tasker::worker
