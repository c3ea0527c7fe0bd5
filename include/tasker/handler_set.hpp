#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tasker {

/// Which Ruby runs the handlers of a task: stored with it, so that it is run again by the same code. Paths are
/// absolute.
struct HandlerSet {
  std::vector<std::string> handlers;                     ///< files or folders
  std::vector<std::string> requires_;                    ///< loaded first
  std::string environment = "production";                ///< see `WorkerOptions::environment`
  std::vector<std::pair<std::string, std::string>> env;  ///< variables given to the workers by name
  std::string ruby = "ruby";                             ///< the interpreter: a path, or a name looked up in PATH
  std::string directory;                                 ///< the working folder

  /// Equal when the same code is run in the same surroundings.
  friend bool operator==(const HandlerSet&, const HandlerSet&) = default;
};
/// Shared by the tasks that it runs.
using SharedHandlerSet = std::shared_ptr<const HandlerSet>;

}  // namespace tasker
