#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "io/child_process.hpp"
#include "io/one_shot_timer.hpp"
#include "io/watched_child.hpp"
#include "worker/fork_queue.hpp"
#include "worker/process.hpp"

namespace tasker::io {

class PreloadParent;

/// A worker that is to be forked.
struct Birth {
  worker::Command command;  ///< with its own mark
  ChildStreams child_ends;
  std::shared_ptr<WatchedChild> child;
  PreloadParent* parent = nullptr;  ///< that was asked for it; null once it is there, or won't be
  int parent_pid = 0;               ///< of the last one that was
};

/// One Ruby process that has loaded everything and forks workers when it is asked to. Each becomes the engine's own
/// child, so it is watched and buried like one that was spawned. Loop thread only.
class PreloadParent : public std::enable_shared_from_this<PreloadParent> {
 public:
  struct End {
    int pid;
    bool expected;  ///< nothing more was wanted of it
    worker::ExitStatus status;
    std::vector<std::shared_ptr<Birth>> unharmed;  ///< workers that another parent may fork
  };
  struct Listener {
    /// What it printed while no worker waited for it.
    std::function<void(int pid, std::string_view bytes)> printed;
    std::function<void(PreloadParent& parent, End end)> ended;
  };

  PreloadParent(EventLoop& loop, ChildProcessLauncher& launcher, Listener listener);
  ~PreloadParent();

  /// Starts it; `order` is what it has to load, JSON.
  std::variant<int, worker::LaunchError> start(const worker::Command& command, const std::string& order);
  void want(std::shared_ptr<Birth> birth);
  void withdraw(const Birth& birth);
  bool takes_more() const { return queue_.takes_more(); }
  int generation() const { return generation_; }
  int pid() const { return child_ ? child_->pid() : 0; }
  /// Forks those who wait, then ends.
  void retire();
  void signal(int number);
  void signal_group(int number);
  long rss_kb() const { return child_ ? child_->rss_kb() : 0; }

 private:
  using Id = worker::ForkQueue::Id;

  void heard(std::string_view bytes);
  void understood(std::string_view line);
  void printed(std::string_view bytes);
  void ask_next();
  void ask(const Birth& birth, Id id);
  void born(Id id, int pid);
  void dismiss_if_done();
  void ended(const worker::ExitStatus& status);
  void lost(const std::shared_ptr<Birth>& birth, bool may_be_there, const worker::ExitStatus& status);
  std::shared_ptr<Birth> take(Id id);

  ChildProcessLauncher& launcher_;
  Listener listener_;
  worker::ForkQueue queue_;
  std::map<Id, std::shared_ptr<Birth>> births_;
  Id last_id_ = 0;
  int generation_ = 1;
  std::shared_ptr<WatchedChild> child_;  ///< none: not started, or gone
  UniqueFd orders_;
  std::string words_;  ///< of a line that isn't complete
  OneShotTimer patience_;
};

}  // namespace tasker::io
