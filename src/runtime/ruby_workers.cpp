#include "runtime/ruby_workers.hpp"

#include <algorithm>
#include <utility>

#include "io/proc_files.hpp"
#include "runtime/pool_config.hpp"
#include "runtime/ruby_names.hpp"
#include "worker/handshake.hpp"

namespace tasker {

// --- how it is put together
// --------------------------------------------------------------------------------------------

bool RubyWorkers::boot(const TaskTemplate* task_template, const std::optional<Uuid>& engine) {
  if (!pool_ && !make_pool(task_template, engine)) return false;
  pool_->boot();
  return true;
}

bool RubyWorkers::make_pool(const TaskTemplate* task_template, const std::optional<Uuid>& engine) {
  WorkerOptions workers = options_.workers;
  if (engine) workers.env.emplace_back("TASKER_ENGINE", engine->text());
  auto config = pool_config(std::move(workers), task_template);
  if (auto* problem = std::get_if<std::string>(&config)) return fail(std::move(*problem));
  if (options_.workers.preload && !options_.reap_orphans) {
    return fail("preloading needs a program that owns its process (RuntimeOptions::reap_orphans)");
  }
  const auto& settings = std::get<worker::PoolConfig>(config).worker;
  if (options_.workers.preload) make_parent(settings);
  if (options_.workers.watch) watch_code(settings);
  worker::ProcessLauncher& launcher = parent_ ? static_cast<worker::ProcessLauncher&>(*parent_) : launcher_;
  pool_ = std::make_unique<worker::WorkerPool>(std::get<worker::PoolConfig>(std::move(config)), launcher, clock_,
                                               observer_, listener());
  return true;
}

bool RubyWorkers::fail(std::string message) {
  failure_.emplace();
  failure_->message = std::move(message);
  return false;
}

void RubyWorkers::make_parent(const worker::WorkerSettings& settings) {
  io::PreloadLauncher::Listener listener;
  listener.printed = [this](int pid, std::string_view bytes) {
    parent_pid_ = pid;
    parent_log_.feed(bytes);
  };
  listener.lost = [this](int pid, const worker::ExitStatus& status) {
    parent_log_.flush();
    log(0, pid,
        "the process that forks the workers ended (" + status.text() +
            "); those that run go on, the next one starts a new one");
  };
  listener.all_gone = [this] { wake_(); };
  parent_ = std::make_unique<io::PreloadLauncher>(loop_, launcher_, worker::initialize_params(settings, 0, 0),
                                                  std::move(listener));
}

void RubyWorkers::watch_code(const worker::WorkerSettings& settings) {
  code_paths_ = settings.handlers;
  code_paths_.insert(code_paths_.end(), settings.requires_.begin(), settings.requires_.end());
  code_.emplace(code_fingerprint(code_paths_));
}

worker::WorkerPool::Listener RubyWorkers::listener() {
  worker::WorkerPool::Listener listener;
  listener.on_announced = [this](const std::vector<HandlerInfo>& handlers) {
    bind_to_pool(handlers, *pool_, registry_);
    announced_ = true;
    wake_();
  };
  listener.on_no_worker = [this](const BootReport& report) {
    failure_ = report;
    wake_();
  };
  listener.on_workers_back = [this] { failure_.reset(); };
  listener.wake = [this] { wake_(); };
  return listener;
}

void RubyWorkers::log(int slot, int pid, std::string text) {
  observer_.on_event(WorkerLogged{slot, pid, std::move(text)}, clock_.wall());
}

// --- while it runs
// -----------------------------------------------------------------------------------------------------

PoolSnapshot RubyWorkers::snapshot() const {
  PoolSnapshot snapshot = pool_ ? pool_->snapshot() : PoolSnapshot{};
  for (WorkerSlot& slot : snapshot.slots) {
    // Now, and not after its last step.
    if (const long now_kb = slot.pid > 0 ? io::read_resident_kb(slot.pid) : 0; now_kb > 0) slot.rss_kb = now_kb;
  }
  return snapshot;
}

void RubyWorkers::look_for_new_code(TimePoint now) {
  if (!code_ || now < next_look_) return;
  next_look_ = now + CodeWatch::kInterval;
  if (code_->looked(code_fingerprint(code_paths_))) reload();
}

void RubyWorkers::reload() {
  if (pool_) pool_->reload();
}

void RubyWorkers::tick(TimePoint now) {
  if (pool_) pool_->tick(now);
}

TimePoint RubyWorkers::next_due() const {
  const TimePoint next = pool_ ? pool_->next_due() : TimePoint::max();
  return code_ ? std::min(next, next_look_) : next;
}

void RubyWorkers::shift_deadlines(Duration by) {
  if (pool_) pool_->shift_deadlines(by);
}

// --- its end
// -----------------------------------------------------------------------------------------------------------

void RubyWorkers::retire_parent() {
  if (parent_) parent_->retire();
}

void RubyWorkers::kill() {
  if (pool_) pool_->kill();
  if (parent_) parent_->kill();
}

void RubyWorkers::report_stuck() {
  if (!pool_) return;
  for (const WorkerSlot& slot : pool_->snapshot().slots) {
    if (slot.pid <= 0) continue;
    log(slot.number, slot.pid,
        "process " + std::to_string(slot.pid) +
            " does not end by SIGKILL: it is stuck in the kernel, and is left behind");
  }
}

}  // namespace tasker
