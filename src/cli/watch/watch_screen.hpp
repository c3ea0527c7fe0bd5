#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/terminal/console.hpp"
#include "cli/watch/watch_model.hpp"
#include "store/store_reader.hpp"

namespace tasker::cli {

/// How a full-screen view ended.
struct WatchEnd {
  int signal = 0;      ///< that asked for it; 0: none
  bool ended = false;  ///< the task that was named has ended
};

/// Shows the store's tasks, or one task, until somebody quits, a signal comes, or the task that was named ends. The
/// terminal is given back as it was in each case. `standing` says of a task who runs it.
WatchEnd watch_screen(store::StoreReader& reader, std::optional<TaskId> task, bool no_color,
                      const std::function<Standing(const TaskRecord&)>& standing);

}  // namespace tasker::cli
