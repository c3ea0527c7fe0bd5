// The bridge alone: the pool of workers with its supervision, without graph and store. One worker, a handler that does
// nothing; as many calls wait in the pool as a busy engine would have there.
//   bridge_bench HANDLERS [CALLS] [WAITING] [BYTES]
#include <cstdio>
#include <memory>
#include <string>

#include "bench_support.hpp"
#include "io/child_process.hpp"
#include "io/event_loop.hpp"
#include "runtime/pool_config.hpp"
#include "tasker/template_loader.hpp"
#include "worker/worker_pool.hpp"

namespace {

/// One task of one step, for all calls.
class OneStep final : public tasker::TaskView {
 public:
  explicit OneStep(int bytes) {
    const auto loaded = tasker::load_template_text("name: bridge\nsteps: [{name: call, handler: {callable: Noop}}]\n",
                                                   "bridge", ".", {});
    task_.id = 1;
    task_.task_template = loaded.value;
    task_.context = tasker::JsonText::trusted(
        R"({"text":")" + std::string(static_cast<std::size_t>(std::max(bytes - 11, 0)), 'x') + "\"}");
    steps_.resize(1);
    steps_[0].name = "call";
  }
  const tasker::Task& task() const override { return task_; }
  const std::vector<tasker::WorkflowStep>& steps() const override { return steps_; }
  std::vector<tasker::SequenceEntry> ancestors(tasker::StepIndex) const override { return {}; }

 private:
  tasker::Task task_;
  std::vector<tasker::WorkflowStep> steps_;
};

class Silent final : public tasker::Observer {
  void on_event(const tasker::Event&, tasker::WallTime) override {}
};

class Caller final : private tasker::StepReplySink {
 public:
  Caller(tasker::worker::PoolConfig config, int bytes)
      : view_(bytes), launcher_(loop_), pool_(std::move(config), launcher_, clock_, silent_, listener()) {
    loop_.on_timer([this] { turn(); });
  }

  ~Caller() override {
    pool_.stop();
    until_ = [this] { return pool_.all_gone(); };
    go();
  }

  void boot() {
    pool_.boot();
    until_ = [this] { return announced_; };
    go();
  }

  double run(int calls, int waiting) {
    left_ = calls;
    unanswered_ = calls;
    until_ = [this] { return unanswered_ == 0; };
    const auto from = bench::Clock::now();
    for (int i = 0; i < waiting; ++i) call();
    go();
    return calls / bench::seconds_since(from);
  }

 private:
  tasker::worker::WorkerPool::Listener listener() {
    tasker::worker::WorkerPool::Listener listener;
    listener.on_announced = [this](const std::vector<tasker::HandlerInfo>&) {
      announced_ = true;
      wake();
    };
    listener.on_no_worker = [](const tasker::BootReport& report) {
      std::fprintf(stderr, "bridge_bench: %s\n", report.message.c_str());
      std::exit(1);
    };
    listener.on_workers_back = [] {};
    listener.wake = [this] { wake(); };
    return listener;
  }

  void call() {
    if (left_ == 0) return;
    --left_;
    const auto dispatch = ++dispatch_;
    pool_.submit(tasker::StepContext(view_, 0, dispatch, 1), tasker::StepReply(*this, dispatch));
  }

  void step_started(tasker::DispatchId, int) override {}
  void step_progress(tasker::DispatchId, tasker::StepProgress) override {}
  void step_log(tasker::DispatchId, tasker::StepLog) override {}
  void step_answered(tasker::DispatchId, tasker::StepOutcome outcome, tasker::AttemptReport) override {
    if (!std::holds_alternative<tasker::Succeeded>(outcome)) std::exit(1);
    --unanswered_;
    ++due_;
    wake();
  }

  /// As an engine does, new work is handed over once per turn.
  void wake() {
    if (std::exchange(posted_, true)) return;
    loop_.post([this] { turn(); });
  }
  void turn() {
    posted_ = false;
    for (; due_ > 0; --due_) call();
    pool_.tick(clock_.steady());
    if (until_()) return loop_.stop();
    const auto next = pool_.next_due();
    loop_.set_timer(next == tasker::TimePoint::max() ? std::nullopt : std::optional(next));
  }
  void go() {
    wake();
    loop_.run();
  }

  OneStep view_;
  Silent silent_;
  tasker::SystemClock clock_;
  tasker::io::EventLoop loop_;
  tasker::io::ChildProcessLauncher launcher_;
  std::function<bool()> until_;
  tasker::DispatchId dispatch_ = 0;
  int left_ = 0;
  int unanswered_ = 0;
  int due_ = 0;
  bool announced_ = false;
  bool posted_ = false;
  tasker::worker::WorkerPool pool_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int calls = bench::argument(argc, argv, 2, 50'000);
  const int waiting = bench::argument(argc, argv, 3, 64);
  tasker::WorkerOptions options;
  options.count = 1;
  options.handlers = {argv[1]};
  auto config = tasker::pool_config(std::move(options), nullptr);
  if (const auto* problem = std::get_if<std::string>(&config)) {
    std::fprintf(stderr, "bridge_bench: %s\n", problem->c_str());
    return 1;
  }
  Caller caller(std::get<tasker::worker::PoolConfig>(std::move(config)), bench::argument(argc, argv, 4, 200));
  caller.boot();
  caller.run(std::min(calls, 2'000), waiting);  // Ruby is warm
  std::printf("{\"calls_per_second\": %.1f}\n", caller.run(calls, waiting));
}
