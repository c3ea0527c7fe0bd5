#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "tasker/clock.hpp"

namespace tasker::worker {

/// How a process ended.
struct ExitStatus {
  enum class Memory : std::uint8_t {
    Enough,        ///< or nothing is known
    OverItsLimit,  ///< the engine killed it for that
    MachineIsOut,  ///< the kernel killed it, or somebody in its place
  };

  std::optional<int> exit_code;
  int signal = 0;  ///< 0: it exited by itself
  long max_rss_kb = 0;
  std::optional<Duration> cpu{};  ///< that it used in its whole life
  long last_rss_kb = 0;           ///< resident at the last sample; 0: there was none
  Memory memory = Memory::Enough;
  std::uint64_t memory_limit_bytes = 0;    ///< what it was held to
  std::vector<std::string> left_behind{};  ///< what it had started and could not be ended: "sleep (123)"

  /// "exit 3", "killed by SIGSEGV", "killed for memory: ...".
  std::string text() const;
};

/// A limit of the kernel's, e.g. RLIMIT_NOFILE. The hard limit stays what it is.
struct ResourceLimit {
  int resource = 0;
  std::uint64_t soft = 0;
  std::string_view name;  ///< for messages; text that lives as long as the program
};

/// What to start.
struct Command {
  std::vector<std::string> argv;                         ///< argv[0] is looked up in PATH
  std::vector<std::pair<std::string, std::string>> env;  ///< the whole environment
  std::string directory;                                 ///< empty: the engine's own
  std::vector<ResourceLimit> limits;
  /// Resident memory of the process itself: sampled every second, more often when it comes near; killed when it is
  /// over. 0: none.
  std::uint64_t max_memory_bytes = 0;
  /// Of the code it is to run, from 1: a launcher that has loaded it beforehand loads it anew for another one.
  int generation = 1;
};

/// What a process does. Called on the loop thread, never from inside a call to Process or ProcessLauncher (but for
/// `drain_output`). What stood in stderr when bytes of stdout were read is delivered before them: what somebody prints
/// before an answer is known before the answer. `on_gone` comes last, exactly once: the process is reaped, what it had
/// started is ended (but for what is named in `left_behind`), its output was read to the end.
struct ProcessEvents {
  std::function<void(std::string_view bytes)> on_stdout;
  std::function<void(std::string_view bytes)> on_stderr;
  std::function<void(const ExitStatus& status)> on_gone;
};

/// Seam: one child process and its three pipes. Loop thread only. Destroying one that lives kills its group and reaps
/// it without calling anybody back.
class Process {
 public:
  virtual ~Process() = default;
  /// One that is yet to be forked has its parent's.
  virtual int pid() const = 0;
  /// Queues bytes for its stdin; never blocks. Bytes for a process that has closed its stdin are dropped: `on_gone`
  /// follows.
  virtual void write(std::string bytes) = 0;
  /// Writes what fits of it now: `write` may wait for the end of the loop's turn, to write once for many.
  virtual void flush_input() {}
  /// Bytes of `write` that are not in the pipe: not yet, or never since its stdin is closed.
  virtual std::size_t unwritten() const = 0;
  /// What its stdin's pipe holds at most.
  virtual std::size_t pipe_bytes() const = 0;
  virtual void close_stdin() = 0;
  /// Signals the process itself, by pidfd.
  virtual void signal(int number) = 0;
  /// Signals its whole group, while its leader is unreaped; nothing otherwise.
  virtual void signal_group(int number) = 0;
  /// CPU time that it has used so far, all its threads together; none where the system does not tell.
  virtual std::optional<Duration> cpu_time() const = 0;
  /// Reads what is in its pipes right now and delivers it (`on_stdout`, `on_stderr`) before this returns.
  virtual void drain_output() = 0;
  /// Resident memory right now; 0 when it isn't known.
  virtual long rss_kb() const { return 0; }
};

/// Why a process could not be started.
struct LaunchError {
  std::error_code code;
  std::string message;  ///< e.g. `can't start "ruby": No such file or directory`
};

/// Seam: starts processes.
class ProcessLauncher {
 public:
  virtual ~ProcessLauncher() = default;
  virtual std::variant<std::unique_ptr<Process>, LaunchError> launch(const Command& command, ProcessEvents events) = 0;
};

}  // namespace tasker::worker
