#include "io/child_process.hpp"

#include <csignal>
#include <system_error>
#include <utility>

#include "io/memory_watch.hpp"
#include "io/pipes.hpp"
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
  void flush_input() override { child_->input().flush(); }
  std::size_t unwritten() const override { return child_->input().unwritten(); }
  std::size_t pipe_bytes() const override { return child_->input().capacity(); }
  void close_stdin() override { child_->input().close_after_writing(); }
  void signal(int number) override { child_->signal(number); }
  void signal_group(int number) override { child_->signal_group(number); }
  std::optional<Duration> cpu_time() const override { return child_->cpu_time(); }
  void drain_output() override { child_->drain_output(); }
  long rss_kb() const override { return child_->rss_kb(); }

 private:
  std::shared_ptr<WatchedChild> child_;
};

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
    const worker::Command& command, worker::ProcessEvents events) {
  try {
    auto started = start(command, std::move(events), pipe_to_child());
    if (auto* error = std::get_if<worker::LaunchError>(&started)) return std::move(*error);
    return std::make_unique<ChildProcess>(std::get<std::shared_ptr<WatchedChild>>(std::move(started)));
  } catch (const std::system_error& error) {
    return cannot_start(command, error);
  }
}

std::variant<std::shared_ptr<WatchedChild>, worker::LaunchError> ChildProcessLauncher::start(
    const worker::Command& wanted, worker::ProcessEvents events, Ends stdin_ends) {
  const worker::Command command = marked(wanted);
  auto [child, child_ends] = prepare(std::move(events), std::move(stdin_ends));
  auto spawned = spawn_session(command, child_ends);
  if (auto* error = std::get_if<worker::LaunchError>(&spawned)) return std::move(*error);
  watch(child, std::get<Spawned>(std::move(spawned)), command);
  return child;
}

worker::Command ChildProcessLauncher::marked(const worker::Command& wanted) {
  worker::Command command = wanted;
  std::erase_if(command.env, [](const auto& variable) { return variable.first == kMarkName; });
  command.env.emplace_back(kMarkName, custody_->next_mark());
  return command;
}

ChildProcessLauncher::Prepared ChildProcessLauncher::prepare(worker::ProcessEvents events, Ends stdin_ends) {
  Ends out = pipe_from_child();
  Ends err = pipe_from_child();
  EngineStreams engine_ends{std::move(stdin_ends.engine), std::move(out.engine), std::move(err.engine)};
  return {std::make_shared<WatchedChild>(loop_, custody_, std::move(engine_ends), std::move(events)),
          {std::move(stdin_ends.child), std::move(out.child), std::move(err.child)}};
}

void ChildProcessLauncher::watch(const std::shared_ptr<WatchedChild>& child, Spawned spawned,
                                 const worker::Command& command) {
  child->watch(std::move(spawned), command);
  memory_->add(child);
}

worker::LaunchError cannot_start(const worker::Command& command, const std::system_error& error) {
  const std::string name = command.argv.empty() ? "" : command.argv.front();
  return {error.code(), "can't start \"" + name + "\": " + error.what()};
}

}  // namespace tasker::io
