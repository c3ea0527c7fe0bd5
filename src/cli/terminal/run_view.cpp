#include "cli/terminal/run_view.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "cli/command_error.hpp"
#include "cli/crash_report.hpp"
#include "cli/run/event_writer.hpp"
#include "cli/run/store_notices.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/terminal/worker_table.hpp"
#include "io/descriptor_limit.hpp"
#include "io/orphans.hpp"
#include "io/process_signals.hpp"
#include "io/terminal_watch.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kStdoutCapacity = 1 << 20;
constexpr std::size_t kStderrCapacity = 4096;  ///< a few frames: a terminal that is behind gets no more of them
constexpr auto kStatusDrawn = std::chrono::milliseconds(200);
constexpr auto kStatusTold = std::chrono::seconds(5);
constexpr auto kStopsWithin = std::chrono::milliseconds(200);  ///< of Ctrl-Z, however slow the terminal is
constexpr auto kBeat = std::chrono::milliseconds(100);

/// For as long as somebody reads; ended by a signal like any program that waits for its reader.
TimePoint forever() { return std::chrono::steady_clock::now() + std::chrono::hours(24 * 365); }

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

RuntimeOptions as_owner_of_the_process(RuntimeOptions options) {
  io::become_subreaper();
  options.reap_orphans = true;
  options.warden = "/proc/self/exe";
  const auto shells_files = io::raise_descriptor_limit();
  if (!options.workers.open_files) options.workers.open_files = shells_files;
  return options;
}

}  // namespace

RunView::RunView(const Console& console, Mode mode)
    : console_(console),
      out_(idle_loop_, STDOUT_FILENO, kStdoutCapacity, nullptr),
      err_(idle_loop_, STDERR_FILENO, kStderrCapacity, nullptr),
      observer_(make_observer(console, mode)) {}

std::unique_ptr<Observer> RunView::make_observer(const Console& console, Mode mode) {
  const CommonOptions& options = console.options();
  const auto to_stderr = [this](std::string line) { err_.write(std::move(line)); };
  if (mode == Mode::Silent || options.quiet) return std::make_unique<Silence>();
  if (mode == Mode::Logs) return for_people(std::make_unique<LogLines>(to_stderr));
  if (options.output == OutputFormat::JsonLines) {
    return std::make_unique<EventWriter>([this](std::string line, bool droppable) {
      const auto keep = droppable ? io::OutputThread::Keep::IfRoom : io::OutputThread::Keep::Always;
      if (!out_.write(std::move(line), keep) && droppable) ++dropped_events_;
    });
  }
  if (mode == Mode::Bulk) {
    return std::make_unique<LogLines>([this](std::string line) {
      clear_status();
      err_.write(std::move(line));
    });
  }
  if (!console.err().tty || !console.err().color) {
    if (options.output == OutputFormat::Json) return for_people(std::make_unique<LogLines>(to_stderr));
    return for_people(std::make_unique<ProgressLines>(to_stderr));
  }
  const bool no_color = options.no_color;
  auto display = std::make_unique<ProgressDisplay>(
      clock_, ProgressDisplay::Screen{[no_color] { return stream_style(STDERR_FILENO, no_color); }, to_stderr,
                                      [this] { return err_.full(); }});
  display_ = display.get();
  return for_people(std::move(display));
}

std::unique_ptr<Observer> RunView::for_people(std::unique_ptr<Observer> observer) {
  people_ = std::move(observer);
  return std::make_unique<CrashAbridger>(*people_);
}

void RunView::show_status(std::function<std::string(TimePoint now)> line) {
  if (err_.is_terminal() && out_.is_terminal()) return;  // the tasks' own lines come there
  status_ = std::move(line);
}

void RunView::draw_status() {
  const TimePoint now = clock_.steady();
  if (!status_ || now < next_status_ || err_.full()) return;
  const bool first = next_status_ == TimePoint{};
  const bool live = err_.is_terminal();
  next_status_ = now + (live ? Duration(kStatusDrawn) : Duration(kStatusTold));
  const std::string line = status_(now);
  if (first) return;
  if (!live) return void(err_.write(line + "\n"));
  const int width = stream_style(STDERR_FILENO, true).width;
  err_.write("\r\x1b[K" + cut(line, static_cast<std::size_t>(std::max(width - 1, 1))));
  status_drawn_ = true;
}

void RunView::clear_status() {
  if (std::exchange(status_drawn_, false)) err_.write("\r\x1b[K");
}

void RunView::tick(Runtime& runtime) {
  if (display_) display_->tick();
  draw_status();
  const bool broken = !out_.write("");
  if (broken && !std::exchange(stopped_, true)) runtime.stop();  // once: a second stop would kill
  if (std::exchange(was_behind_, is_behind()) && !was_behind_) runtime.more_work();
}

void RunView::suspend() {
  err_.flush(std::chrono::steady_clock::now() + kStopsWithin);
  if (display_) display_->let_go();
  io::suspend();
}

void RunView::show(const PoolSnapshot& workers) {
  const auto lines = worker_table(workers, stream_style(STDERR_FILENO, true));
  if (display_) return display_->say(lines);
  clear_status();
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  err_.write(std::move(text));
}

void RunView::warn(const std::string& message) {
  if (console_.options().quiet) return;
  const std::string line = console_.warning(message);
  if (display_) return display_->say({line});
  clear_status();
  err_.write(line + "\n");
}

void RunView::end_progress() {
  if (display_) display_->finish();
  status_ = nullptr;
  clear_status();
  err_.flush(forever());
}

void RunView::finish() {
  end_progress();
  if (!out_.flush(forever())) throw NoReader{out_.error()};
}

void with_runtime(const RuntimeOptions& options, RunView& view, const std::function<void(Runtime&)>& function) {
  with_runtime(options, view, view, function);
}

void with_runtime(const RuntimeOptions& options, RunView& view, Observer& observer,
                  const std::function<void(Runtime&)>& function) {
  std::unique_ptr<Runtime> runtime;
  try {
    runtime = std::make_unique<Runtime>(as_owner_of_the_process(options), observer);
  } catch (const std::runtime_error& error) {
    throw CommandError(ExitCode::StoreFailed, kind::store_unavailable, error.what());
  }
  runtime->stop_on_signals();
  runtime->on_signal(SIGUSR1, [&] { view.show(runtime->workers()); });
  if (view.is_drawn() && !io::is_ignored(SIGTSTP)) runtime->on_signal(SIGTSTP, [&] { view.suspend(); });
  LogWatch log_watch;
  runtime->every(kBeat, [&] {
    view.tick(*runtime);
    if (log_watch.is_due(std::chrono::steady_clock::now()) && log_watch.is_news(log_bytes(options.store)))
      view.warn(large_log(options.store));
  });
  function(*runtime);
  runtime.reset();
  io::ignore_signal(SIGUSR1);
}

}  // namespace tasker::cli
