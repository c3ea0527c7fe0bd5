#pragma once

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
  std::optional<int> exit_code;
  int signal = 0;  ///< 0: it exited by itself
  long max_rss_kb = 0;
  std::optional<Duration> cpu;  ///< that it used in its whole life

  /// "exit 3", "killed by SIGSEGV".
  std::string text() const;
};

/// What to start.
struct Command {
  std::vector<std::string> argv;                         ///< argv[0] is looked up in PATH
  std::vector<std::pair<std::string, std::string>> env;  ///< the whole environment
  std::string directory;                                 ///< empty: the engine's own
};

/// What a process does. Called on the loop thread, never from inside a call to Process or ProcessLauncher (but for
/// `drain_output`). What stood in stderr when bytes of stdout were read is delivered before them: what somebody prints
/// before an answer is known before the answer. `on_gone` comes last, exactly once: the process is reaped, its group is
/// killed, its output was read to the end.
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
  virtual int pid() const = 0;
  /// Queues bytes for its stdin; never blocks. Bytes for a process that has closed its stdin are dropped: `on_gone`
  /// follows.
  virtual void write(std::string bytes) = 0;
  /// Bytes of `write` that are not in the pipe: not yet, or never since its stdin is closed.
  virtual std::size_t unwritten() const = 0;
  virtual void close_stdin() = 0;
  /// Signals the process itself, by pidfd.
  virtual void signal(int number) = 0;
  /// Signals its whole group, while its leader is unreaped; nothing otherwise.
  virtual void signal_group(int number) = 0;
  /// CPU time that it has used so far, all its threads together; none where the system does not tell.
  virtual std::optional<Duration> cpu_time() const = 0;
  /// Reads what is in its pipes right now and delivers it (`on_stdout`, `on_stderr`) before this returns.
  virtual void drain_output() = 0;
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
