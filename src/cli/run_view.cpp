#include "cli/run_view.hpp"

#include <unistd.h>

#include <mutex>
#include <stdexcept>

#include "cli/command_error.hpp"
#include "cli/event_writer.hpp"
#include "cli/text_width.hpp"

namespace tasker::cli {

namespace {

class Silence final : public Observer {
 public:
  void on_event(const Event&, WallTime) override {}
};

/// What handlers print, and nothing else.
class LogLines final : public Observer {
 public:
  explicit LogLines(std::function<void(std::string line)> write) : write_(std::move(write)) {}
  void on_event(const Event& event, WallTime) override {
    if (const auto* said = std::get_if<StepLogged>(&event)) write_(one_line(said->log.message) + "\n");
    if (const auto* said = std::get_if<WorkerLogged>(&event)) write_(one_line(said->line) + "\n");
  }

 private:
  std::function<void(std::string line)> write_;
};

bool draws_block(const Console& console, RunView::Mode mode) {
  const CommonOptions& options = console.options();
  return mode == RunView::Mode::Watch && !options.quiet && console.err().tty &&
         options.output != OutputFormat::JsonLines;
}

}  // namespace

/// The runtime as the writing threads may reach it: not before it is there, not after it has gone.
class RunView::Link {
 public:
  void set(Runtime* runtime) {
    const std::lock_guard lock(mutex_);
    runtime_ = runtime;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    if (runtime_) runtime_->stop();
  }
  bool post(std::function<void()> function) {
    const std::lock_guard lock(mutex_);
    if (runtime_) runtime_->post(std::move(function));
    return runtime_ != nullptr;
  }

 private:
  std::mutex mutex_;
  Runtime* runtime_ = nullptr;
};

RunView::RunView(const Console& console, Mode mode)
    : link_(std::make_shared<Link>()),
      live_(draws_block(console, mode)),
      out_(STDOUT_FILENO, stdout_hooks()),
      err_(STDERR_FILENO, stderr_hooks(live_)),
      observer_(make_observer(console, mode)) {}

RunView::~RunView() {
  detach();
  err_.stop_beat();
}

OutputThread::Hooks RunView::stdout_hooks() {
  OutputThread::Hooks hooks;
  hooks.on_broken = [link = link_] { link->stop(); };
  return hooks;
}

/// The block must move while nothing happens: the thread that writes it wakes up now and then and asks the loop to
/// draw.
OutputThread::Hooks RunView::stderr_hooks(bool live) {
  OutputThread::Hooks hooks;
  if (!live) return hooks;
  hooks.on_beat = [this] {
    if (tick_posted_.exchange(true)) return;
    if (!link_->post([this] { tick(); })) tick_posted_ = false;
  };
  return hooks;
}

std::unique_ptr<Observer> RunView::make_observer(const Console& console, Mode mode) {
  const CommonOptions& options = console.options();
  const auto to_stderr = [this](std::string line) { err_.write(std::move(line)); };
  if (mode == Mode::Silent || options.quiet) return std::make_unique<Silence>();
  if (mode == Mode::Logs) return std::make_unique<LogLines>(to_stderr);
  if (options.output == OutputFormat::JsonLines) {
    return std::make_unique<EventWriter>([this](std::string line, bool droppable) {
      droppable ? out_.offer(std::move(line)) : out_.write(std::move(line));
    });
  }
  if (!live_) {
    if (options.output == OutputFormat::Json) return std::make_unique<LogLines>(to_stderr);
    return std::make_unique<ProgressLines>(to_stderr);
  }
  const bool no_color = options.no_color;
  auto display = std::make_unique<ProgressDisplay>(
      clock_, ProgressDisplay::Screen{[no_color] { return stream_style(STDERR_FILENO, no_color); }, to_stderr,
                                      [this] { return err_.is_behind(); }});
  display_ = display.get();
  return display;
}

void RunView::on_event(const Event& event, WallTime at) { observer_->on_event(event, at); }

void RunView::tick() {
  tick_posted_ = false;
  if (display_) display_->tick();
}

void RunView::attach(Runtime& runtime) {
  link_->set(&runtime);
  if (out_.is_broken()) runtime.stop();
}

void RunView::detach() { link_->set(nullptr); }

void RunView::end_progress() {
  err_.stop_beat();
  if (display_) display_->finish();
  err_.finish();
}

bool RunView::finish() {
  end_progress();
  out_.finish();
  return !out_.is_broken();
}

void with_runtime(const RuntimeOptions& options, RunView& view, const std::function<void(Runtime&)>& function) {
  std::optional<Runtime> runtime;
  try {
    runtime.emplace(options, view);
  } catch (const std::runtime_error& error) {
    throw CommandError(ExitCode::StoreFailed, kind::store_unavailable, error.what());
  }
  struct Attached {
    RunView& view;
    ~Attached() { view.detach(); }
  } attached{view};
  view.attach(*runtime);
  runtime->stop_on_signals();
  function(*runtime);
}

}  // namespace tasker::cli
