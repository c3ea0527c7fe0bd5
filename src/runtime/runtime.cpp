#include "tasker/runtime.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include "io/child_process.hpp"
#include "io/control_socket.hpp"
#include "io/event_loop.hpp"
#include "io/terminal_watch.hpp"
#include "runtime/control.hpp"
#include "runtime/control_requests.hpp"
#include "runtime/handler_check.hpp"
#include "runtime/interruption.hpp"
#include "runtime/ruby_names.hpp"
#include "runtime/ruby_workers.hpp"
#include "runtime/run_end.hpp"
#include "runtime/stall_watch.hpp"
#include "runtime/task_watch.hpp"
#include "tasker/handler_registry.hpp"

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

/// Turns the loop until a run is over, and stops it. What runs, ends and is asked for is decided by the parts.
class Runtime::Impl {
 public:
  Impl(RuntimeOptions options, Observer& observer)
      : options_(std::move(options)),
        watch_(observer),
        launcher_(loop_, {options_.reap_orphans, options_.warden}),
        store_(open_store(
            options_.store, [this](std::function<void()> function) { loop_.post(std::move(function)); },
            options_.store_options)),
        engine_(
            *store_, registry_, clock_, watch_, [this] { wake(); }, engine_config(options_)) {
    loop_.on_timer([this] { turn(); });
    if (const std::string path = store_->control_path(); !path.empty()) {
      control_.emplace(loop_, path, [this](const std::string& line) {
        return answer_control(line, [this](const ControlRequest& request) { return carry_out(request, engine_); });
      });
    }
  }

  ~Impl() { bury_workers(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  HandlerRegistry& registry() { return registry_; }
  void post(std::function<void()> function) { loop_.post(std::move(function)); }

  void every(std::chrono::milliseconds interval, std::function<void()> function) {
    ticker_ = std::move(function);
    ticker_interval_ = interval;
    next_ticker_ = clock_.steady();
  }

  // --- runs ---

  RunResult run(const TaskRequest& request) {
    RunResult result = check(*request.task_template);
    if (result.end != RunEnd::TaskEnded || stopping()) return interrupted_or(std::move(result), stopped_by());
    return to_the_end(engine_.submit(request));
  }

  RunResult resume(Adoption adoption) {
    RunResult result = check(*adoption.record.task.task_template);
    if (result.end != RunEnd::TaskEnded || stopping()) return interrupted_or(std::move(result), stopped_by());
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
    watch_.none();
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

  // --- workers ---

  RunResult check(const TaskTemplate& task_template) {
    RunResult result;
    if (needs_ruby(task_template, registry_) && !boot(&task_template)) {
      result.end = RunEnd::WorkersFailed;
      result.boot = workers_.failure();
      return interrupted_or(std::move(result), stopped_by());
    }
    result.diagnostics = check_handler_references(task_template, registry_, workers_.handlers());
    if (!result.diagnostics.empty()) result.end = RunEnd::HandlersWrong;
    return result;
  }

  std::variant<std::vector<HandlerInfo>, BootReport> handlers() {
    std::vector<HandlerInfo> all = handlers_in_cpp(registry_);
    if (!boot(nullptr)) return workers_.failure().value_or(BootReport{});
    const auto announced = workers_.handlers();
    all.insert(all.end(), announced.begin(), announced.end());
    return all;
  }

  void reload() { workers_.reload(); }
  PoolSnapshot workers() const { return workers_.snapshot(); }

  // --- signals ---

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

 private:
  // --- the loop ---

  void wake() {
    if (std::exchange(turn_posted_, true)) return;
    loop_.post([this] { turn(); });
  }

  /// Nobody is to blame for time in which the loop stood still. (What waits in the pipes is read before anything acts.)
  void forgive(Duration late) {
    if (late == Duration::zero()) return;
    engine_.shift_deadlines(late);
    workers_.shift_deadlines(late);
    interruption_.shift(late);
  }

  void turn() {
    turn_posted_ = false;
    const TimePoint now = clock_.steady();
    forgive(stall_.stood_still(now));
    act(interruption_.due(now));
    workers_.look_for_new_code(now);
    if (admit_) admit_();
    engine_.tick();
    workers_.tick(now);
    if (ticker_ && now >= next_ticker_) {
      next_ticker_ = now + ticker_interval_;
      ticker_();
    }
    if (until_ && until_()) return loop_.stop();
    arm();
  }

  void arm() {
    TimePoint next = workers_.next_due();
    if (const auto at = engine_.next_deadline()) next = std::min(next, *at);
    if (const auto at = interruption_.deadline()) next = std::min(next, *at);
    if (ticker_) next = std::min(next, next_ticker_);
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

  // --- from the first worker to the last ---

  /// True once a worker has announced its handlers.
  bool boot(const TaskTemplate* task_template) {
    // Without a turn of the loop, which a run of many tasks may be in already.
    if (workers_.has_announced()) return true;
    if (!workers_.boot(task_template, store_->engine_id())) return false;
    loop_until([this] { return workers_.has_announced() || workers_.failure() || stopping(); });
    return workers_.has_announced();
  }

  void bury_workers() {
    if (!workers_.were_started()) return;
    ticker_ = nullptr;
    workers_.stop();
    // The grace is for at_exit blocks and connections to be closed; nothing runs any more.
    interruption_.allow(kShutdownGrace, clock_.steady());
    loop_until([this] { return workers_.are_gone() || abandoned_; });
    workers_.retire_parent();
    if (!workers_.is_parent_gone()) loop_until([this] { return workers_.is_parent_gone() || abandoned_; });
  }

  // --- ends ---

  RunResult to_the_end(TaskId task) {
    watch_.begin();
    loop_until([&] { return watch_.is_over() || gave_up() || (stopping() && engine_.quiet()); });
    RunResult result;
    result.record = watch_.take_ended();
    // Its last words, e.g. that it is forgotten, are still on their way.
    return result.record ? std::move(result) : unfinished(task);
  }

  bool stopping() const { return interruption_.is_asked(); }
  std::optional<int> stopped_by() const { return stopping() ? std::optional(interruption_.signal()) : std::nullopt; }
  bool gave_up() const { return abandoned_ || engine_.store_error().has_value() || workers_.gave_up(); }

  void on_stop(int signal) {
    act(interruption_.asked(signal, clock_.steady()));
    wake();
  }

  /// For a program at a terminal SIGHUP means that it is gone; to any other it says that something has changed.
  void on_hangup() { terminal_.is_gone() ? on_stop(SIGHUP) : reload(); }

  void act(Interruption::Act act) {
    if (act == Interruption::Act::Drain) engine_.drain();
    if (act == Interruption::Act::Kill) {
      engine_.kill();
      workers_.kill();
    }
    if (act == Interruption::Act::Abandon) {
      abandoned_ = true;
      workers_.report_stuck();
    }
  }

  /// The task did not end: say why, with what stands so far.
  RunResult unfinished(std::optional<TaskId> task) {
    RunResult result = why_unfinished(
        {store_->is_durable(), watch_.dropped(), engine_.store_error(), stopped_by(), workers_.failure()});
    if (watch_.dropped()) return result;
    if (result.end == RunEnd::WorkersFailed) {
      engine_.drain();
      loop_until([this] { return engine_.quiet() || engine_.store_error(); });
    }
    if (task) result.record = engine_.snapshot(*task);
    return result;
  }

  const RuntimeOptions options_;
  TaskWatch watch_;
  SystemClock clock_;
  HandlerRegistry registry_;
  io::EventLoop loop_;
  io::ChildProcessLauncher launcher_;
  std::unique_ptr<Store> store_;
  Engine engine_;
  std::optional<io::ControlSocket> control_;
  std::function<bool()> until_;
  std::function<void()> ticker_;
  std::chrono::milliseconds ticker_interval_{};
  TimePoint next_ticker_{};
  StallWatch stall_;
  io::TerminalWatch terminal_;
  Interruption interruption_{options_.drain_grace};
  std::function<void()> admit_;  ///< of a run of many tasks
  bool turn_posted_ = false;
  bool abandoned_ = false;  ///< workers that can't be ended are not waited for
  /// After the engine: replies they still hold are answered into it.
  RubyWorkers workers_{options_, loop_, launcher_, clock_, registry_, watch_, [this] { wake(); }};
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
