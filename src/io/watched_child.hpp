#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/custody.hpp"
#include "io/one_shot_timer.hpp"
#include "io/session_launcher.hpp"
#include "io/stdin_queue.hpp"
#include "io/watched_fd.hpp"
#include "worker/process.hpp"

namespace tasker::io {

/// The engine's ends of a child's pipes.
struct EngineStreams {
  UniqueFd in;
  UniqueFd out;
  UniqueFd err;
};

/// One child from spawn to burial. Its end is seen by pidfd; then, in this order: the group is killed while the
/// unreaped leader keeps its number, everything else it has started is ended, the pipes are read to their end, the
/// leader is reaped, `on_gone` is posted. Held by its Process and, while a callback runs, by the caller of that. Loop
/// thread only.
class WatchedChild : public std::enable_shared_from_this<WatchedChild> {
 public:
  /// @throws std::system_error when the loop can't take more descriptors
  WatchedChild(EventLoop& loop, std::shared_ptr<Custody> custody, EngineStreams streams, worker::ProcessEvents events);
  ~WatchedChild();

  /// Takes charge of the child at the other ends. When it throws the child is dead and reaped.
  void watch(Spawned spawned, const worker::Command& command);
  /// There will be no such child: whoever was to bring it into being ended like this.
  void never_born(const worker::ExitStatus& status);
  /// Kills, reaps, calls nobody back.
  void abandon();

  int pid() const { return pid_; }
  StdinQueue& input() { return in_; }
  std::optional<Duration> cpu_time() const;
  void signal(int number);
  void signal_group(int number);
  /// Does nothing inside one of its own callbacks: what comes first must be told first.
  void drain_output();

  long rss_kb() const;
  /// Looks at its memory and kills it when that is over its limit. How much of the limit it has, 0 without one.
  double sample_memory();
  /// `machine_was_out`: whether the kernel has killed for want of memory since the last sample. Asked when it is
  /// killed.
  void judge_memory(std::function<bool()> machine_was_out);
  bool is_running() const { return state_ == State::Running; }
  /// Neither born nor given up.
  bool is_awaited() const { return state_ == State::Unborn; }
  /// Words of whoever brings it into being, told as its own.
  void tell_stderr(std::string_view bytes) { deliver(err_, bytes); }
  const WorkerSession& session() const { return session_; }

 private:
  enum class State { Unborn, Running, Draining, Gone };
  using OnBytes = std::function<void(std::string_view)>;

  struct Output {
    WatchedFd pipe;
    OnBytes worker::ProcessEvents::*event;
    std::unique_ptr<char[]> buffer;
  };

  void pidfd_ready();
  void output_ready(Output& output);
  void drain(Output& output);
  void drained_long_enough();
  void leftovers_ended(const std::vector<Survivor>& survivors);
  /// What is in the pipe, up to one buffer; empty when that is nothing. Closes the pipe at its end.
  std::string_view read_some(Output& output);
  void deliver_in_order(const Output& output, std::string_view bytes);
  void deliver(const Output& output, std::string_view bytes);
  void bury_if_over();
  void bury();
  void post_gone(const worker::ExitStatus& status);
  void close_all();

  EventLoop& loop_;
  std::shared_ptr<Custody> custody_;
  std::shared_ptr<worker::ProcessEvents> events_;
  StdinQueue in_;
  Output out_;
  Output err_;
  OneShotTimer drain_deadline_;
  std::unique_ptr<WatchedFd> pidfd_;
  int pid_ = -1;
  WorkerSession session_;
  std::string mark_;
  long rss_floor_kb_ = 0;
  worker::ExitStatus known_;  ///< what is known of its end before it is reaped
  long peak_rss_kb_ = 0;
  State state_ = State::Unborn;
  bool delivering_ = false;
  bool killed_by_us_ = false;
  std::function<bool()> machine_was_out_;
  bool machine_was_out_at_its_end_ = false;
  bool leftovers_ended_ = false;
};

}  // namespace tasker::io
