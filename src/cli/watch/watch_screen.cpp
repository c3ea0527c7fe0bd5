#include "cli/watch/watch_screen.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <initializer_list>
#include <utility>

#include "cli/watch/full_screen.hpp"
#include "core/dag_executor.hpp"
#include "io/unique_fd.hpp"

namespace tasker::cli {

namespace {

constexpr int kFrameMs = 100;
constexpr std::int64_t kMostTasks = 1000;
constexpr std::int64_t kMostLogs = 2000;

/// Signals as something to poll for, instead of their usual effect.
class SignalReader {
 public:
  explicit SignalReader(std::initializer_list<int> signals) {
    ::sigemptyset(&signals_);
    for (const int signal : signals) ::sigaddset(&signals_, signal);
    ::sigprocmask(SIG_BLOCK, &signals_, &before_);
    fd_.reset(::signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~SignalReader() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalReader(const SignalReader&) = delete;
  SignalReader& operator=(const SignalReader&) = delete;
  int fd() const { return fd_.get(); }
  /// 0: none is there.
  int take() const {
    signalfd_siginfo info{};
    return ::read(fd_.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
  io::UniqueFd fd_;
};

class Driver {
 public:
  Driver(store::StoreReader& reader, std::optional<TaskId> task, bool no_color,
         const std::function<Standing(const TaskRecord&)>& standing)
      : reader_(reader), named_(task), shown_(task), no_color_(no_color), standing_(standing), model_(!task) {}

  WatchEnd run() {
    const SignalReader signals({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH});
    FullScreen screen;
    load();
    while (!end_) {
      screen.draw(model_.lines(wall_now(), stream_style(STDOUT_FILENO, no_color_)));
      std::array<pollfd, 2> entries{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals.fd(), POLLIN, 0}};
      const int ready = ::poll(entries.data(), entries.size(), kFrameMs);
      if (entries[1].revents) on_signal(signals.take(), screen);
      if (entries[0].revents) on_input();
      if (ready == 0) act(keys_.pause());
      if (!end_ && reader_.version() != version_) load();
    }
    return *end_;
  }

 private:
  static WallTime wall_now() {
    return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
  }

  void load() {
    version_ = reader_.version();
    if (!shown_) {
      store::TaskFilter filter;
      filter.limit = kMostTasks;
      return model_.show(reader_.list(filter));
    }
    auto record = reader_.load(*shown_);
    if (!record) {  // it was removed meanwhile
      shown_.reset();
      end_ = WatchEnd{};
      return;
    }
    WatchedTask task{*std::move(record), {}, {}};
    task.standing = standing_(task.record);
    for (const store::StoredLog& log : reader_.logs(*shown_, "", kMostLogs))
      task.last_line[log.step] = log.line.message;
    if (named_ && is_settled(task.record.state)) end_ = WatchEnd{0, true};
    model_.show(std::move(task));
  }

  void on_input() {
    std::array<char, 256> buffer;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count <= 0) {  // readable, and nothing there: the terminal is gone
      end_ = WatchEnd{SIGHUP, false};
      return;
    }
    act(keys_.take(std::string_view(buffer.data(), static_cast<std::size_t>(count))));
  }

  void act(const std::vector<Key>& keys) {
    for (const Key key : keys) {
      const WatchModel::Action action = model_.on_key(key);
      if (std::holds_alternative<WatchModel::Leave>(action)) end_ = WatchEnd{};
      if (const auto* open = std::get_if<WatchModel::Open>(&action)) {
        shown_ = reader_.find(open->uuid);
        load();
      }
      if (std::holds_alternative<WatchModel::Back>(action)) {
        shown_.reset();
        load();
      }
      if (end_) return;
    }
  }

  void on_signal(int signal, FullScreen& screen) {
    if (signal == 0) return;
    if (signal == SIGWINCH) return screen.forget();
    if (signal != SIGTSTP) {
      end_ = WatchEnd{signal, false};
      return;
    }
    // As any program that is suspended: the shell gets its screen, and we get ours back when it goes on.
    screen.leave();
    ::kill(::getpid(), SIGSTOP);
    screen.enter();
  }

  store::StoreReader& reader_;
  std::optional<TaskId> named_;
  std::optional<TaskId> shown_;
  bool no_color_;
  const std::function<Standing(const TaskRecord&)>& standing_;
  WatchModel model_;
  KeyReader keys_;
  std::int64_t version_ = 0;
  std::optional<WatchEnd> end_;
};

}  // namespace

WatchEnd watch_screen(store::StoreReader& reader, std::optional<TaskId> task, bool no_color,
                      const std::function<Standing(const TaskRecord&)>& standing) {
  return Driver(reader, task, no_color, standing).run();
}

}  // namespace tasker::cli
