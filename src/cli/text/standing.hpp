#pragma once

#include <string>

namespace tasker::cli {

/// Who has a task, for people.
struct Standing {
  std::string text;     ///< who runs it, or how to go on; empty: it has ended
  bool is_run = false;  ///< an engine that lives has it
};

/// A step of a task that is run, which waits for nothing. The store learns of a step when it ends, so it can't tell
/// which of the two.
inline constexpr const char* kRunsOrWaits = "running or queued";

}  // namespace tasker::cli
