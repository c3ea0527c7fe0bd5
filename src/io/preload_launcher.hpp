#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "io/child_process.hpp"
#include "io/event_loop.hpp"
#include "io/preload_parent.hpp"
#include "worker/process.hpp"

namespace tasker::io {

/// Has workers forked by a parent process that has loaded the code once, one parent per generation of the code
/// (docs/architecture.md, "Preloading"). A parent is started when a worker is wanted and there is none that can fork
/// it. Signals for a worker that is yet to be forked go to its parent, and so does its end when the parent ends first.
/// Needs a process that is a subreaper and that reaps orphans. Loop thread only; the launcher it starts parents with
/// must outlive it.
class PreloadLauncher final : public worker::ProcessLauncher {
 public:
  struct Listener {
    /// A parent printed this while nobody waited for a worker of it.
    std::function<void(int pid, std::string_view bytes)> printed;
    /// A parent ended although nobody wanted it to. The next worker starts a new one.
    std::function<void(int pid, const worker::ExitStatus& status)> lost;
    /// Asked to leave, the last one has.
    std::function<void()> all_gone;
  };

  /// `order`: what a parent has to load, JSON (see docs/protocol.md, "Preloading").
  PreloadLauncher(EventLoop& loop, ChildProcessLauncher& launcher, std::string order, Listener listener);
  ~PreloadLauncher() override;

  std::variant<std::unique_ptr<worker::Process>, worker::LaunchError> launch(const worker::Command& command,
                                                                             worker::ProcessEvents events) override;
  /// Lets the parents end; they have a few seconds.
  void retire();
  void kill();
  bool is_idle() const { return parents_.empty(); }

 private:
  std::variant<PreloadParent*, worker::LaunchError> parent_for(const worker::Command& command);
  void ended(const PreloadParent& parent, PreloadParent::End end);
  void adopt(const std::shared_ptr<Birth>& birth, const worker::ExitStatus& end_of_the_other);

  EventLoop& loop_;
  ChildProcessLauncher& launcher_;
  const std::string order_;
  Listener listener_;
  bool leaving_ = false;
  std::vector<std::shared_ptr<PreloadParent>> parents_;  ///< the newest last
};

}  // namespace tasker::io
