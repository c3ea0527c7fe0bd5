#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tasker/clock.hpp"

namespace tasker {

/// One handler that a worker announced, or that C++ code bound.
struct HandlerInfo {
  std::string name;                  ///< what templates call it, e.g. a Ruby constant path
  std::string file;                  ///< empty for C++
  int line = 0;                      ///< in the file, from 1; 0: unknown
  std::string api;                   ///< "process", "call/1", "call/3", "callable", "unusable", "c++"
  std::string doc;                   ///< the comment above it; empty: none
  std::string reason;                ///< why it is unusable
  std::vector<std::string> methods;  ///< public ones that a template may name as `method`
  std::vector<std::string> aliases;  ///< further names it answers to
  int concurrency = 0;               ///< steps of it that may run at once, in all workers together; 0: no cap
};

/// Why no worker could be had: what to tell people.
struct BootReport {
  std::string message;                                  ///< one sentence
  std::vector<std::string> argv;                        ///< the command that was started
  std::string exit;                                     ///< "exit 1", "killed by SIGKILL", or empty
  std::string last_words;                               ///< the end of its stderr
  std::vector<std::pair<std::string, double>> file_ms;  ///< load time per handler file
  std::vector<std::string> backtrace;                   ///< of the Ruby error
  std::string file;                                     ///< the handler file at fault, when known
  int line = 0;                                         ///< in `file`, from 1; 0: unknown
  std::int64_t memory_kb = 0;  ///< resident at the last sample before its end; 0: there was none
  std::string advice{};        ///< what to do about it
};

/// Why the engine lets a healthy worker go. It finishes what it runs first.
enum class RecycleReason : std::uint8_t {
  MaxSteps,   ///< has run its number of steps
  MaxRss,     ///< holds too much memory after a step
  WorkerTtl,  ///< is too old
  IdleTtl,    ///< has had nothing to do for too long; the pool shrinks until work asks for it again
  Reload,     ///< newer code is being served
  Exhausted,  ///< said itself that it can't go on, after running out of memory or stack
  Distrusted  ///< was asked to stop a step and did not acknowledge it
};
/// The name in events and results, e.g. "max_steps".
std::string_view to_string(RecycleReason reason);

/// How a worker ended. The first three are failures, counted apart.
enum class WorkerEndKind : std::uint8_t {
  BootFailed,  ///< before it announced its handlers
  DiedInStep,
  DiedIdle,
  Recycled,  ///< planned, see RecycleReason
  Stopped    ///< ended by the engine: a deadline, a cancel, the end of the run
};
/// The name in events, e.g. "died_in_step".
std::string_view to_string(WorkerEndKind kind);

/// Where a slot of the pool stands.
enum class SlotState : std::uint8_t {
  Empty,     ///< no process, and none is needed
  Starting,  ///< its process loads the handler files
  Ready,     ///< waits for a step
  Busy,
  Stopping,  ///< finishes what it runs and ends, or is being ended
  Waiting,   ///< failed, and waits before its next process
  Held       ///< no process is started: too many boots failed, or the newest code does not load
};
/// The name in the workers' table, e.g. "ready".
std::string_view to_string(SlotState state);

/// Whether processes are started: after five failed boots within a minute the breaker opens, steps wait (and spend no
/// attempt), and one boot is tried every 30 s.
enum class BreakerState : std::uint8_t { Closed, Open, HalfOpen };
/// The name in the workers' table, e.g. "half_open".
std::string_view to_string(BreakerState state);

/// The step that a worker runs.
struct SlotStep {
  std::string task_uuid;                ///< whose step it is
  std::string name;                     ///< of the step
  int attempt = 1;                      ///< from 1
  Duration running{};                   ///< since it was sent
  std::optional<Duration> deadline_in;  ///< negative when it is overdue; none once it is being stopped
  std::optional<Duration> last_heard;   ///< since its last heartbeat, progress or log line; none before the first
  std::string stage;                    ///< "running", "cancelling", "terminating" or "killed"
  std::size_t queued_behind = 0;        ///< requests sent to the same worker that wait for it
};

/// What has happened to a slot since the engine started.
struct SlotCounters {
  std::uint64_t steps = 0;          ///< that were answered
  std::uint64_t boot_failures = 0;  ///< processes that ended before they announced their handlers
  std::uint64_t step_crashes = 0;   ///< processes that died while they ran a step
  std::uint64_t idle_crashes = 0;   ///< processes that died while they ran none
  std::uint64_t recycled = 0;       ///< processes that were let go, see RecycleReason
};

/// One slot of the pool at one moment.
struct WorkerSlot {
  int number = 0;                      ///< from 1; the last one is the spare that new code boots in
  SlotState state = SlotState::Empty;  ///< where it stands
  int pid = 0;                         ///< 0: no process
  int generation = 0;                  ///< of the code it runs, from 1; 0: no process
  Duration age{};                      ///< of the process
  std::uint64_t steps = 0;             ///< that this process has run
  std::optional<std::int64_t> rss_kb;  ///< resident memory
  std::optional<SlotStep> step;        ///< what it runs; none: nothing
  std::optional<Duration> next_start;  ///< for Waiting and Held
  SlotCounters counters;               ///< over all of its processes
  std::string last_end;                ///< how its last process ended, e.g. "killed by SIGSEGV"; empty: none has
};

/// All slots at one moment.
struct PoolSnapshot {
  std::vector<WorkerSlot> slots;                ///< by number
  std::size_t wanted = 0;                       ///< processes that should be alive
  std::size_t queued = 0;                       ///< steps that wait for a worker
  int generation = 1;                           ///< of the code that is served
  bool reloading = false;                       ///< newer code is being tried
  BreakerState breaker = BreakerState::Closed;  ///< whether processes are started
  std::optional<Duration> next_probe;           ///< for an open breaker
};

}  // namespace tasker
