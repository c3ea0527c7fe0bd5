#pragma once

#include <memory>
#include <system_error>
#include <variant>

#include "io/custody.hpp"
#include "io/event_loop.hpp"
#include "io/pipes.hpp"
#include "io/session_launcher.hpp"
#include "worker/process.hpp"

namespace tasker::io {

class MemoryWatch;
class WatchedChild;

/// Starts children as sessions of their own, watches them by pidfd and buries them in the right order
/// (docs/architecture.md, "How a worker is buried"). Loop thread only; that thread must outlive the children
/// (PR_SET_PDEATHSIG follows the thread), and so must the loop. Making one ignores SIGPIPE, and stops ignoring SIGCHLD,
/// in the whole program. Each child gets a TASKER_WORKER of its own, by which what it starts is found and ended with
/// it.
class ChildProcessLauncher final : public worker::ProcessLauncher {
 public:
  explicit ChildProcessLauncher(EventLoop& loop, CustodyOptions options = {});
  ~ChildProcessLauncher() override;
  std::variant<std::unique_ptr<worker::Process>, worker::LaunchError> launch(const worker::Command& command,
                                                                             worker::ProcessEvents events) override;

  // What a launcher that gets its processes in another way (PreloadLauncher) shares with this one. They throw
  // std::system_error when the system has no descriptor to give.

  /// A child whose stdin is not a pipe.
  std::variant<std::shared_ptr<WatchedChild>, worker::LaunchError> start(const worker::Command& command,
                                                                         worker::ProcessEvents events, Ends stdin_ends);
  /// The command with a TASKER_WORKER of its own.
  worker::Command marked(const worker::Command& command);
  struct Prepared {
    std::shared_ptr<WatchedChild> child;
    ChildStreams child_ends;
  };
  /// A child that is yet to be born, and what it will call its streams.
  Prepared prepare(worker::ProcessEvents events, Ends stdin_ends);
  /// It is born.
  void watch(const std::shared_ptr<WatchedChild>& child, Spawned spawned, const worker::Command& command);
  Custody& custody() { return *custody_; }

 private:
  EventLoop& loop_;
  std::shared_ptr<Custody> custody_;
  std::unique_ptr<MemoryWatch> memory_;
};

worker::LaunchError cannot_start(const worker::Command& command, const std::system_error& error);

}  // namespace tasker::io
