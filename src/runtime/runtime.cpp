#include "tasker/runtime.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include "io/child_process.hpp"
#include "io/control_socket.hpp"
#include "io/event_loop.hpp"
#include "io/preload_launcher.hpp"
#include "io/proc_files.hpp"
#include "io/terminal_watch.hpp"
#include "runtime/code_watch.hpp"
#include "runtime/control.hpp"
#include "runtime/handler_check.hpp"
#include "runtime/interruption.hpp"
#include "runtime/pool_config.hpp"
#include "runtime/stall_watch.hpp"
#include "tasker/handler_registry.hpp"
#include "worker/handshake.hpp"
#include "worker/worker_log.hpp"
#include "worker/worker_pool.hpp"

namespace tasker {

namespace {

using namespace std::chrono_literals;

constexpr Duration kShutdownGrace = 2s;  ///< for workers that have nothing to do any more

EngineConfig engine_config(const RuntimeOptions& options) {
  EngineConfig config;
  config.limits = options.step_limits;
  return config;
}

}  // namespace

class Runtime::Impl final : public Observer {
 public:
  Impl(RuntimeOptions options, Observer& observer)
      : options_(std::move(options)),
        observer_(observer),
        launcher_(loop_, {options_.reap_orphans, options_.warden}),
        store_(open_store(
            options_.store, [this](std::function<void()> function) { loop_.post(std::move(function)); },
            options_.store_options)),
        engine_(
            *store_, registry_, clock_, *this, [this] { wake(); }, engine_config(options_)) {
    loop_.on_timer([this] { turn(); });
    if (const std::string path = store_->control_path(); !path.empty()) {
      control_.emplace(loop_, path, [this](const std::string& line) {
        return answer_control(line, [this](const ControlRequest& request) {
          return std::visit([this](const auto& known) { return on_request(known); }, request);
        });
      });
    }
  }

  ~Impl() override { bury_workers(); }

  HandlerRegistry& registry() { return registry_; }
  void post(std::function<void()> function) { loop_.post(std::move(function)); }

  void every(std::chrono::milliseconds interval, std::function<void()> function) {
    ticker_ = std::move(function);
    ticker_interval_ = interval;
    next_ticker_ = clock_.steady();
  }

  RunResult run(const TaskRequest& request) {
    RunResult result = check(*request.task_template);
    if (result.end != RunEnd::TaskEnded || stopping()) return interrupted_or(std::move(result));
    return to_the_end(engine_.submit(request));
  }

  RunResult resume(Adoption adoption) {
    RunResult result = check(*adoption.record.task.task_template);
    if (result.end != RunEnd::TaskEnded || stopping()) return interrupted_or(std::move(result));
    const TaskId task = adoption.record.task.id;
    engine_.adopt(std::move(adoption));
    return to_the_end(task);
  }

  RunResult run_all(TaskSource& source, std::size_t at_once) {
    bool over = false;
    // Whatever comes out of the loop: the source ends with this call, the loop does not.
    const std::shared_ptr<void> end(nullptr, [this](void*) { admit_ = nullptr; });
    admit_ = [&] {
      while (!over && !stopping() && engine_.active_tasks() < at_once) {
        auto next = source.next();
        if (std::holds_alternative<TaskSource::Later>(next)) return;
        over = std::holds_alternative<TaskSource::Over>(next);
        if (auto* request = std::get_if<TaskRequest>(&next)) engine_.submit(std::move(*request));
        if (auto* adoption = std::get_if<Adoption>(&next)) engine_.adopt(std::move(*adoption));
      }
    };
    loop_until([&] {
      return (over && engine_.active_tasks() == 0 && engine_.quiet()) || gave_up() || (stopping() && engine_.quiet());
    });
    if (over && engine_.active_tasks() == 0 && !engine_.store_error()) return {};
    return unfinished(std::nullopt);
  }

  void more_work() {
    loop_.post([this] { wake(); });
  }

  bool cancel(const std::string& uuid) {
    const auto task = engine_.find(uuid);
    if (task) engine_.cancel(*task);
    return task.has_value();
  }

  std::optional<Uuid> engine_id() const { return store_->engine_id(); }

  RunResult check(const TaskTemplate& task_template) {
    RunResult result;
    if (needs_ruby(task_template) && !boot(&task_template)) {
      result.end = RunEnd::WorkersFailed;
      result.boot = no_worker_;
      return interrupted_or(std::move(result));
    }
    result.diagnostics =
        check_handler_references(task_template, registry_, pool_ ? pool_->handlers() : std::vector<HandlerInfo>{});
    if (!result.diagnostics.empty()) result.end = RunEnd::HandlersWrong;
    return result;
  }

  std::variant<std::vector<HandlerInfo>, BootReport> handlers() {
    std::vector<HandlerInfo> all;
    for (const auto& [name, handler] : *registry_.snapshot()) {
      if (dynamic_cast<const worker::RubyStepHandler*>(handler.get())) continue;
      HandlerInfo info;
      info.name = name;
      info.api = "c++";
      all.push_back(std::move(info));
    }
    if (!boot(nullptr)) return no_worker_.value_or(BootReport{});
    all.insert(all.end(), pool_->handlers().begin(), pool_->handlers().end());
    return all;
  }

  void reload() {
    if (pool_) pool_->reload();
  }

  PoolSnapshot workers() const {
    PoolSnapshot snapshot = pool_ ? pool_->snapshot() : PoolSnapshot{};
    for (WorkerSlot& slot : snapshot.slots) {
      // Now, and not after its last step.
      if (const long now_kb = slot.pid > 0 ? io::read_resident_kb(slot.pid) : 0; now_kb > 0) slot.rss_kb = now_kb;
    }
    return snapshot;
  }

  void stop(int signal) {
    loop_.post([this, signal] { on_stop(signal); });
  }

  void on_signal(int signal, std::function<void()> function) {
    loop_.on_signals({signal}, [function = std::move(function)](int) { function(); });
  }

  void stop_on_signals() {
    loop_.on_signals({SIGINT, SIGTERM}, [this](int signal) { on_stop(signal); });
    if (!io::is_ignored(SIGHUP)) loop_.on_signals({SIGHUP}, [this](int) { on_hangup(); });
  }

  void on_event(const Event& event, WallTime at) override {
    observer_.on_event(event, at);
    if (const auto* task = std::get_if<TaskEnded>(&event); task && !admit_) ended_ = task->record;
    if (const auto* task = std::get_if<TaskDropped>(&event); task && !admit_) dropped_ = task->why;
  }

 private:
  // --- what others ask through the socket: why it can't be, or nothing ---

  std::optional<std::string> on_request(const CancelRequest& request) {
    return with_task(request.task_uuid, [&](TaskId task) {
      engine_.cancel(task);
      return std::optional<std::string>();
    });
  }
  std::optional<std::string> on_request(const RetryRequest& request) {
    return with_task(request.task_uuid, [&](TaskId task) { return engine_.retry(task, request.step); });
  }
  std::optional<std::string> on_request(const ResolveRequest& request) {
    return with_task(request.task_uuid,
                     [&](TaskId task) { return engine_.resolve(task, request.step, request.results); });
  }
  template <typename Function>
  std::optional<std::string> with_task(const std::string& uuid, Function function) {
    const auto task = engine_.find(uuid);
    return task ? function(*task) : "this engine does not run the task \"" + uuid + "\"";
  }

  // --- the loop ---

  void wake() {
    if (std::exchange(turn_posted_, true)) return;
    loop_.post([this] { turn(); });
  }

  /// Nobody is to blame for time in which the loop stood still. (What waits in the pipes is read before anything acts.)
  void forgive(Duration late) {
    if (late == Duration::zero()) return;
    engine_.shift_deadlines(late);
    if (pool_) pool_->shift_deadlines(late);
    interruption_.shift(late);
  }

  void turn() {
    turn_posted_ = false;
    const TimePoint now = clock_.steady();
    forgive(stall_.stood_still(now));
    act(interruption_.due(now));
    if (code_ && now >= next_look_) look_at_code(now);
    if (admit_) admit_();
    engine_.tick();
    if (pool_) pool_->tick(now);
    if (ticker_ && now >= next_ticker_) {
      next_ticker_ = now + ticker_interval_;
      ticker_();
    }
    if (until_ && until_()) return loop_.stop();
    arm();
  }

  void arm() {
    TimePoint next = TimePoint::max();
    if (const auto at = engine_.next_deadline()) next = std::min(next, *at);
    if (pool_) next = std::min(next, pool_->next_due());
    if (const auto at = interruption_.deadline()) next = std::min(next, *at);
    if (ticker_) next = std::min(next, next_ticker_);
    if (code_) next = std::min(next, next_look_);
    next = stall_.arm(next, clock_.steady());
    loop_.set_timer(next == TimePoint::max() ? std::nullopt : std::optional(next));
  }

  void loop_until(std::function<bool()> done) {
    until_ = std::move(done);
    stall_ = {};  // nobody waited for what was due between two runs
    wake();
    loop_.run();
    until_ = nullptr;
  }

  // --- workers ---

  bool needs_ruby(const TaskTemplate& task_template) const {
    return std::any_of(task_template.steps.begin(), task_template.steps.end(), [&](const StepTemplate& step) {
      const auto handler = registry_.find(step.handler.callable);
      return !handler || dynamic_cast<const worker::RubyStepHandler*>(handler.get());
    });
  }

  /// True once a worker has announced its handlers.
  bool boot(const TaskTemplate* task_template) {
    if (announced_) return true;  // without a turn of the loop, which a run of many tasks may be in already
    if (!pool_ && !make_pool(task_template)) return false;
    pool_->boot();
    loop_until([this] { return announced_ || no_worker_ || stopping(); });
    return announced_;
  }

  bool make_pool(const TaskTemplate* task_template) {
    WorkerOptions workers = options_.workers;
    // The mark by which a successor finds what this engine left behind.
    if (const auto id = store_->engine_id()) workers.env.emplace_back("TASKER_ENGINE", id->text());
    auto config = pool_config(std::move(workers), task_template);
    if (auto* problem = std::get_if<std::string>(&config)) {
      no_worker_.emplace();
      no_worker_->message = std::move(*problem);
      return false;
    }
    const auto& settings = std::get<worker::PoolConfig>(config).worker;
    if (options_.workers.preload && !options_.reap_orphans) {
      no_worker_.emplace();
      no_worker_->message = "preloading needs a program that owns its process (RuntimeOptions::reap_orphans)";
      return false;
    }
    if (options_.workers.preload) make_preloader(settings);
    if (options_.workers.watch) {
      code_paths_ = settings.handlers;
      code_paths_.insert(code_paths_.end(), settings.requires_.begin(), settings.requires_.end());
      code_.emplace(code_fingerprint(code_paths_));
    }
    worker::WorkerPool::Listener listener;
    listener.on_announced = [this](const std::vector<HandlerInfo>& handlers) { bind(handlers); };
    listener.on_no_worker = [this](const BootReport& report) {
      no_worker_ = report;
      wake();
    };
    listener.on_workers_back = [this] { no_worker_.reset(); };
    listener.wake = [this] { wake(); };
    worker::ProcessLauncher& launcher = preload_ ? static_cast<worker::ProcessLauncher&>(*preload_) : launcher_;
    pool_ = std::make_unique<worker::WorkerPool>(std::get<worker::PoolConfig>(std::move(config)), launcher, clock_,
                                                 *this, std::move(listener));
    return true;
  }

  void make_preloader(const worker::WorkerSettings& settings) {
    io::PreloadLauncher::Listener listener;
    listener.printed = [this](int pid, std::string_view bytes) {
      preload_pid_ = pid;
      preload_log_.feed(bytes);
    };
    listener.lost = [this](int pid, const worker::ExitStatus& status) {
      preload_log_.flush();
      log_of_parent(pid, "the process that forks the workers ended (" + status.text() +
                             "); those that run go on, the next one starts a new one");
    };
    listener.all_gone = [this] { wake(); };
    preload_ = std::make_unique<io::PreloadLauncher>(loop_, launcher_, worker::initialize_params(settings, 0, 0),
                                                     std::move(listener));
  }

  void log_of_parent(int pid, std::string_view line) {
    on_event(WorkerLogged{0, pid, std::string(line)}, clock_.wall());
  }

  /// Every announced name delegates to the pool; names that C++ code has bound stay its own.
  void bind(const std::vector<HandlerInfo>& handlers) {
    const auto ruby = std::make_shared<worker::RubyStepHandler>(*pool_);
    std::vector<std::pair<std::string, std::shared_ptr<StepHandler>>> bindings;
    const auto add = [&](const std::string& name) {
      if (!registry_.find(name)) bindings.emplace_back(name, ruby);
    };
    for (const HandlerInfo& info : handlers) {
      if (info.api == "unusable") continue;
      add(info.name);
      for (const std::string& alias : info.aliases) add(alias);
    }
    registry_.rebind(bindings);
    announced_ = true;
    wake();
  }

  // --- new code ---

  void look_at_code(TimePoint now) {
    next_look_ = now + CodeWatch::kInterval;
    if (code_->looked(code_fingerprint(code_paths_))) reload();
  }

  /// For a program at a terminal SIGHUP means that it is gone; to any other it says that something has changed.
  void on_hangup() { terminal_.is_gone() ? on_stop(SIGHUP) : reload(); }

  void bury_workers() {
    if (!pool_) return;
    ticker_ = nullptr;
    pool_->stop();
    // The grace is for at_exit blocks and connections to be closed; nothing runs any more.
    interruption_.allow(kShutdownGrace, clock_.steady());
    loop_until([this] { return pool_->all_gone() || abandoned_; });
    if (!preload_) return;
    preload_->retire();
    loop_until([this] { return preload_->is_idle() || abandoned_; });
  }

  // --- ends ---

  RunResult to_the_end(TaskId task) {
    ended_.reset();
    dropped_.reset();
    loop_until([&] { return ended_ || dropped_ || gave_up() || (stopping() && engine_.quiet()); });
    if (!ended_) return unfinished(task);
    // Its last words, e.g. that it is forgotten, are still on their way.
    RunResult result;
    result.record = std::exchange(ended_, std::nullopt);
    return result;
  }

  bool stopping() const { return interruption_.is_asked(); }
  bool gave_up() const {
    return abandoned_ || engine_.store_error().has_value() || (no_worker_ && !pool_->has_usable_worker());
  }

  void on_stop(int signal) {
    act(interruption_.asked(signal, clock_.steady()));
    wake();
  }

  void act(Interruption::Act act) {
    if (act == Interruption::Act::Drain) engine_.drain();
    if (act == Interruption::Act::Kill) {
      engine_.kill();
      if (pool_) pool_->kill();
      if (preload_) preload_->kill();
    }
    if (act == Interruption::Act::Abandon) leave_behind();
  }

  /// Nobody waits any longer for what SIGKILL did not end.
  void leave_behind() {
    abandoned_ = true;
    if (!pool_) return;
    for (const WorkerSlot& slot : pool_->snapshot().slots) {
      if (slot.pid <= 0) continue;
      on_event(Event(WorkerLogged{slot.number, slot.pid,
                                  "process " + std::to_string(slot.pid) +
                                      " does not end by SIGKILL: it is stuck in the kernel, and is left behind"}),
               clock_.wall());
    }
  }

  RunResult interrupted_or(RunResult result) {
    if (!stopping()) return result;
    result.end = RunEnd::Interrupted;
    result.signal = interruption_.signal();
    return result;
  }

  /// The task did not end: say why, with what stands so far.
  RunResult unfinished(std::optional<TaskId> task) {
    RunResult result;
    result.resumable = store_->is_durable();
    if (dropped_) {
      const bool duplicate = dropped_->kind == StoreError::Kind::DuplicateKey;
      result.end = duplicate ? RunEnd::DuplicateKey : RunEnd::TakenOver;
      result.store_error = dropped_->message;
      return result;
    }
    if (const auto& error = engine_.store_error()) {
      result.end = RunEnd::StoreFailed;
      result.store_error = error->message;
    } else if (stopping()) {
      result.end = RunEnd::Interrupted;
      result.signal = interruption_.signal();
    } else {
      result.end = RunEnd::WorkersFailed;
      result.boot = no_worker_;
      engine_.drain();
      loop_until([this] { return engine_.quiet() || engine_.store_error(); });
    }
    if (task) result.record = engine_.snapshot(*task);
    return result;
  }

  RuntimeOptions options_;
  Observer& observer_;
  SystemClock clock_;
  HandlerRegistry registry_;
  io::EventLoop loop_;
  io::ChildProcessLauncher launcher_;
  std::unique_ptr<io::PreloadLauncher> preload_;  ///< with `preload`
  worker::WorkerLog preload_log_{[this](std::string_view line) { log_of_parent(preload_pid_, line); }};
  int preload_pid_ = 0;
  std::unique_ptr<Store> store_;
  Engine engine_;
  std::optional<io::ControlSocket> control_;
  std::unique_ptr<worker::WorkerPool> pool_;  ///< after the engine: replies it still holds are answered into it
  std::function<bool()> until_;
  std::function<void()> ticker_;
  std::chrono::milliseconds ticker_interval_{};
  TimePoint next_ticker_{};
  StallWatch stall_;
  io::TerminalWatch terminal_;
  std::optional<CodeWatch> code_;  ///< with `watch`
  std::vector<std::string> code_paths_;
  TimePoint next_look_{};
  Interruption interruption_{options_.drain_grace};
  std::function<void()> admit_;  ///< of a run of many tasks
  std::optional<TaskRecord> ended_;
  std::optional<StoreError> dropped_;
  std::optional<BootReport> no_worker_;
  bool announced_ = false;
  bool turn_posted_ = false;
  bool abandoned_ = false;  ///< workers that can't be ended are not waited for
};

Runtime::Runtime(RuntimeOptions options, Observer& observer)
    : impl_(std::make_unique<Impl>(std::move(options), observer)) {}
Runtime::~Runtime() = default;
HandlerRegistry& Runtime::registry() { return impl_->registry(); }
RunResult Runtime::run(const TaskRequest& request) { return impl_->run(request); }
RunResult Runtime::resume(Adoption adoption) { return impl_->resume(std::move(adoption)); }
RunResult Runtime::run_all(TaskSource& source, std::size_t at_once) { return impl_->run_all(source, at_once); }
void Runtime::more_work() { impl_->more_work(); }
bool Runtime::cancel(const std::string& task_uuid) { return impl_->cancel(task_uuid); }
std::optional<Uuid> Runtime::engine_id() const { return impl_->engine_id(); }
RunResult Runtime::check_handlers(const TaskTemplate& task_template) { return impl_->check(task_template); }
std::variant<std::vector<HandlerInfo>, BootReport> Runtime::handlers() { return impl_->handlers(); }
void Runtime::reload() { impl_->reload(); }
PoolSnapshot Runtime::workers() const { return impl_->workers(); }
void Runtime::stop(int signal) { impl_->stop(signal); }
void Runtime::on_signal(int signal, std::function<void()> function) { impl_->on_signal(signal, std::move(function)); }
void Runtime::stop_on_signals() { impl_->stop_on_signals(); }
void Runtime::every(std::chrono::milliseconds interval, std::function<void()> function) {
  impl_->every(interval, std::move(function));
}
void Runtime::post(std::function<void()> function) { impl_->post(std::move(function)); }

}  // namespace tasker
