#include "io/child_process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "io/memory_watch.hpp"
#include "io/process_signals.hpp"
#include "io/session_launcher.hpp"
#include "io/watched_child.hpp"

namespace tasker::io {
namespace {

class ChildProcess final : public worker::Process {
 public:
  explicit ChildProcess(std::shared_ptr<WatchedChild> child) : child_(std::move(child)) {}
  // Not the end of the WatchedChild when a callback of it is what brought us here.
  ~ChildProcess() override { child_->abandon(); }

  int pid() const override { return child_->pid(); }
  void write(std::string bytes) override { child_->input().write(std::move(bytes)); }
  std::size_t unwritten() const override { return child_->input().unwritten(); }
  void close_stdin() override { child_->input().close_after_writing(); }
  void signal(int number) override { child_->signal(number); }
  void signal_group(int number) override { child_->signal_group(number); }
  std::optional<Duration> cpu_time() const override { return child_->cpu_time(); }
  void drain_output() override { child_->drain_output(); }
  long rss_kb() const override { return child_->rss_kb(); }

 private:
  std::shared_ptr<WatchedChild> child_;
};

/// Not 0, 1 or 2, which an engine that was started without them would get: the child's own are bound there.
UniqueFd above_stdio(UniqueFd fd) {
  if (fd.get() > STDERR_FILENO) return fd;
  UniqueFd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!moved) throw std::system_error(errno, std::system_category(), "fcntl");
  return moved;
}

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::system_category(), "pipe");
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  pipe.read_end = above_stdio(std::move(pipe.read_end));
  pipe.write_end = above_stdio(std::move(pipe.write_end));
  return pipe;
}

/// The engine's end only: a child may expect its own to block.
UniqueFd non_blocking(UniqueFd fd) {
  if (::fcntl(fd.get(), F_SETFL, O_NONBLOCK | ::fcntl(fd.get(), F_GETFL)) != 0) {
    throw std::system_error(errno, std::system_category(), "fcntl");
  }
  return fd;
}

}  // namespace

ChildProcessLauncher::ChildProcessLauncher(EventLoop& loop, CustodyOptions options)
    : loop_(loop), custody_(std::make_shared<Custody>(loop, options)), memory_(std::make_unique<MemoryWatch>(loop)) {
  ignore_sigpipe();
  keep_exit_statuses();
  if (!options.reap_orphans) return;
  loop.on_signals({SIGCHLD}, [weak = std::weak_ptr(custody_)](int) {
    if (const auto custody = weak.lock()) custody->reap();
  });
}

ChildProcessLauncher::~ChildProcessLauncher() = default;

std::variant<std::unique_ptr<worker::Process>, worker::LaunchError> ChildProcessLauncher::launch(
    const worker::Command& wanted, worker::ProcessEvents events) {
  worker::Command command = wanted;
  std::erase_if(command.env, [](const auto& variable) { return variable.first == kMarkName; });
  command.env.emplace_back(kMarkName, custody_->next_mark());
  try {
    Pipe in = make_pipe();
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    EngineStreams engine_ends{non_blocking(std::move(in.write_end)), non_blocking(std::move(out.read_end)),
                              non_blocking(std::move(err.read_end))};
    const auto child = std::make_shared<WatchedChild>(loop_, custody_, std::move(engine_ends), std::move(events));
    const ChildStreams child_ends{std::move(in.read_end), std::move(out.write_end), std::move(err.write_end)};
    auto spawned = spawn_session(command, child_ends);
    if (auto* error = std::get_if<worker::LaunchError>(&spawned)) return std::move(*error);
    child->watch(std::get<Spawned>(std::move(spawned)), command);
    memory_->add(child);
    return std::make_unique<ChildProcess>(child);
  } catch (const std::system_error& error) {
    const std::string name = command.argv.empty() ? "" : command.argv.front();
    return worker::LaunchError{error.code(), "can't start \"" + name + "\": " + error.what()};
  }
}

}  // namespace tasker::io
