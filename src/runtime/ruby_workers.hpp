#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/child_process.hpp"
#include "io/event_loop.hpp"
#include "io/preload_launcher.hpp"
#include "runtime/code_watch.hpp"
#include "tasker/handler_registry.hpp"
#include "tasker/runtime.hpp"
#include "worker/worker_log.hpp"
#include "worker/worker_pool.hpp"

namespace tasker {

/// The Ruby side of a runtime: makes the pool when the first step needs it, with what starts its processes and what
/// watches their code, and binds what they announce. Loop thread.
class RubyWorkers {
 public:
  /// Borrows all of them. `wake` asks for a turn of the loop: something has changed.
  RubyWorkers(const RuntimeOptions& options, io::EventLoop& loop, io::ChildProcessLauncher& launcher,
              const Clock& clock, HandlerRegistry& registry, Observer& observer, std::function<void()> wake)
      : options_(options),
        loop_(loop),
        launcher_(launcher),
        clock_(clock),
        registry_(registry),
        observer_(observer),
        wake_(std::move(wake)) {}

  /// Has a first worker boot, with what the template adds. `engine` is the mark by which a successor finds what this
  /// engine left behind. False: there is nothing to start, see `failure`.
  bool boot(const TaskTemplate* task_template, const std::optional<Uuid>& engine);
  /// A worker has said which handlers it has.
  bool has_announced() const { return announced_; }
  /// Why no worker could boot; nothing once one could.
  const std::optional<BootReport>& failure() const { return failure_; }
  /// None could, and none is left.
  bool gave_up() const { return failure_ && pool_ && !pool_->has_usable_worker(); }
  std::vector<HandlerInfo> handlers() const { return pool_ ? pool_->handlers() : std::vector<HandlerInfo>{}; }
  /// Every worker slot as it stands.
  PoolSnapshot snapshot() const;

  void look_for_new_code(TimePoint now);
  void reload();
  void tick(TimePoint now);
  /// When one of these has something to do; TimePoint::max(): never.
  TimePoint next_due() const;
  void shift_deadlines(Duration by);

  bool were_started() const { return pool_ != nullptr; }
  /// No more steps; every worker is asked to end.
  void stop() { pool_->stop(); }
  bool are_gone() const { return pool_->all_gone(); }
  /// The parent that forks workers, where there is one, is asked to end.
  void retire_parent();
  bool is_parent_gone() const { return !parent_ || parent_->is_idle(); }
  void kill();
  /// Says of each that is still there that nobody waits for it any longer.
  void report_stuck();

 private:
  bool make_pool(const TaskTemplate* task_template, const std::optional<Uuid>& engine);
  bool fail(std::string message);
  void make_parent(const worker::WorkerSettings& settings);
  void watch_code(const worker::WorkerSettings& settings);
  worker::WorkerPool::Listener listener();
  void log(int slot, int pid, std::string text);

  const RuntimeOptions& options_;
  io::EventLoop& loop_;
  io::ChildProcessLauncher& launcher_;
  const Clock& clock_;
  HandlerRegistry& registry_;
  Observer& observer_;
  const std::function<void()> wake_;
  std::optional<BootReport> failure_;
  bool announced_ = false;
  std::optional<CodeWatch> code_;  ///< with `watch`
  std::vector<std::string> code_paths_;
  TimePoint next_look_{};
  int parent_pid_ = 0;
  worker::WorkerLog parent_log_{[this](std::string_view line) { log(0, parent_pid_, std::string(line)); }};
  std::unique_ptr<io::PreloadLauncher> parent_;  ///< with `preload`
  std::unique_ptr<worker::WorkerPool> pool_;
};

}  // namespace tasker
