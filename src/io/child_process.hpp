#pragma once

#include <memory>

#include "io/custody.hpp"
#include "io/event_loop.hpp"
#include "worker/process.hpp"

namespace tasker::io {

class MemoryWatch;

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

 private:
  EventLoop& loop_;
  std::shared_ptr<Custody> custody_;
  std::unique_ptr<MemoryWatch> memory_;
};

}  // namespace tasker::io
