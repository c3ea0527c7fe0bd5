#pragma once

namespace tasker::cli {

/// What the process says to its caller. The table stands in exit_code_text.cpp; numbers are never reused.
enum class ExitCode : int {
  Complete = 0,
  TaskFailed = 1,
  Usage = 2,     ///< the command line itself
  Invalid = 3,   ///< template, input or handlers
  NotFound = 4,  ///< a task, step or handler named on the command line does not exist
  TimedOut = 5,  ///< the whole task ran past its timeout
  Cancelled = 6,
  Blocked = 7,  ///< waits for a person
  StoreFailed = 8,
  WorkersFailed = 9,  ///< no worker could boot
  DuplicateKey = 10,
  Bug = 70,
  HungUp = 129,       ///< SIGHUP of a terminal that is gone
  Interrupted = 130,  ///< SIGINT
  NoReader = 141,     ///< nobody reads stdout any more
  Terminated = 143,   ///< SIGTERM
};

constexpr int to_int(ExitCode code) { return static_cast<int>(code); }

}  // namespace tasker::cli
