// The whole path of a step through the engine, without a process: diamonds go through graph, store (in memory) and the
// pool of workers with its supervision, to a worker that is a function and answers at once. For counting instructions
// (bench/instructions) and for profilers: nothing here waits for a disk or for Ruby.
//   step_path_bench [TASKS]
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "bench_support.hpp"
#include "tasker/engine.hpp"
#include "tasker/handler_registry.hpp"
#include "tasker/template_loader.hpp"
#include "worker/worker_pool.hpp"

namespace {

constexpr const char* kDiamond = R"(name: diamond
steps:
  - {name: start, handler: {callable: Noop}}
  - {name: left, handler: {callable: Noop}, dependencies: [start]}
  - {name: right, handler: {callable: Noop}, dependencies: [start]}
  - {name: finish, handler: {callable: Noop}, dependencies: [left, right]}
)";
constexpr std::size_t kAtOnce = 64;

/// What was posted, from any thread, is run on the one that waits.
class Inbox {
 public:
  void post(std::function<void()> function) {
    {
      const std::lock_guard lock(mutex_);
      functions_.push_back(std::move(function));
    }
    arrived_.notify_one();
  }

  void run_next() {
    std::vector<std::function<void()>> functions;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return !functions_.empty(); });
      functions.swap(functions_);
    }
    for (const auto& function : functions) function();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::function<void()>> functions_;
};

/// A worker as it would be with a Ruby that needs no time.
class InstantWorker final : public tasker::worker::Process {
 public:
  InstantWorker(Inbox& inbox, tasker::worker::ProcessEvents events)
      : inbox_(inbox), events_(std::make_shared<tasker::worker::ProcessEvents>(std::move(events))) {}

  int pid() const override { return 1; }
  std::size_t unwritten() const override { return 0; }
  std::size_t pipe_bytes() const override { return std::size_t{256} * 1024; }
  void close_stdin() override {}
  void signal(int) override {}
  void signal_group(int) override {}
  std::optional<tasker::Duration> cpu_time() const override { return std::nullopt; }
  void drain_output() override {}

  void write(std::string bytes) override {
    received_ += bytes;
    std::string answers;
    std::size_t from = 0;
    for (std::size_t end = 0; (end = received_.find('\n', from)) != std::string::npos; from = end + 1) {
      answers += answer(std::string_view(received_).substr(from, end - from));
    }
    received_.erase(0, from);
    if (answers.empty()) return;
    inbox_.post([events = events_, answers = std::move(answers)] { events->on_stdout(answers); });
  }

 private:
  static std::string answer(std::string_view line) {
    const std::size_t at = line.find("\"id\":");
    if (at == std::string_view::npos) return "";  // a notification
    const std::string id(line.substr(at + 5, line.find_first_not_of("0123456789", at + 5) - at - 5));
    const bool is_step = line.find("\"step/process\"") != std::string_view::npos;
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + (is_step ? kResult : kHello) + "}\n";
  }

  static constexpr const char* kResult =
      R"({"results":true,"metadata":{},"timing":{"process_us":12,"process_results_us":0},"usage":{"cpu_us":12,"max_rss_kb":14000}})";
  static constexpr const char* kHello =
      R"({"protocol_version":1,"runner":{"version":"0","ruby":"3.1","pid":1},"handlers":[{"name":"Noop","file":"/h.rb",)"
      R"("line":1,"api":"process","methods":["process"]}],"features":["context_ref","definition_ref"]})";

  Inbox& inbox_;
  std::shared_ptr<tasker::worker::ProcessEvents> events_;
  std::string received_;  ///< no whole line yet
};

class InstantLauncher final : public tasker::worker::ProcessLauncher {
 public:
  explicit InstantLauncher(Inbox& inbox) : inbox_(inbox) {}
  std::variant<std::unique_ptr<tasker::worker::Process>, tasker::worker::LaunchError> launch(
      const tasker::worker::Command&, tasker::worker::ProcessEvents events) override {
    return std::make_unique<InstantWorker>(inbox_, std::move(events));
  }

 private:
  Inbox& inbox_;
};

/// The engine's own wiring, less event loop and processes.
class Machine final : private tasker::Observer {
 public:
  Machine()
      : launcher_(inbox_),
        store_(tasker::open_store("memory:", [this](std::function<void()> f) { inbox_.post(std::move(f)); })),
        engine_(*store_, registry_, clock_, *this, [this] { wake(); }, {.seed = 1}),
        pool_(config(), launcher_, clock_, *this, listener()) {}

  void run(int tasks) {
    tasker::TaskRequest request;
    const auto diamond = tasker::load_template_text(kDiamond, "diamond", ".", {});
    request.task_template = diamond.value;
    request.context = tasker::JsonText::trusted(R"({"n":1})");
    pool_.boot();
    left_ = tasks;
    wake();
    while (completed_ < tasks || !engine_.quiet()) {
      if (bound_) {
        for (; left_ > 0 && engine_.active_tasks() < kAtOnce; --left_) engine_.submit(request);
      }
      inbox_.run_next();
    }
  }

 private:
  static tasker::worker::PoolConfig config() {
    tasker::worker::PoolConfig config;
    config.workers = 2;
    config.worker.command.argv = {"ruby", "runner.rb"};
    return config;
  }

  tasker::worker::WorkerPool::Listener listener() {
    tasker::worker::WorkerPool::Listener listener;
    listener.on_announced = [this](const std::vector<tasker::HandlerInfo>&) {
      if (!std::exchange(bound_, true))
        registry_.bind("Noop", std::make_shared<tasker::worker::RubyStepHandler>(pool_));
      wake();
    };
    listener.on_no_worker = [](const tasker::BootReport&) { std::exit(1); };
    listener.on_workers_back = [] {};
    listener.wake = [this] { wake(); };
    return listener;
  }

  void wake() {
    if (std::exchange(posted_, true)) return;
    inbox_.post([this] {
      posted_ = false;
      engine_.tick();
      pool_.tick(clock_.steady());
    });
  }

  void on_event(const tasker::Event& event, tasker::WallTime) override {
    const auto* ended = std::get_if<tasker::TaskEnded>(&event);
    if (!ended) return;
    if (ended->record.state != tasker::TaskState::Complete) std::exit(1);
    ++completed_;
  }

  Inbox inbox_;
  tasker::SystemClock clock_;
  tasker::HandlerRegistry registry_;
  InstantLauncher launcher_;
  std::unique_ptr<tasker::Store> store_;
  tasker::Engine engine_;
  tasker::worker::WorkerPool pool_;
  int left_ = 0;
  int completed_ = 0;
  bool bound_ = false;
  bool posted_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  const int tasks = bench::argument(argc, argv, 1, 10'000);
  const auto from = bench::Clock::now();
  auto machine = std::make_unique<Machine>();
  machine->run(tasks);
  std::printf("{\"us_per_step\": %.3f}\n", bench::seconds_since(from) / tasks / 4 * 1e6);
}
