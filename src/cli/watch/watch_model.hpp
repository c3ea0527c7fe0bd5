#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "cli/text/standing.hpp"
#include "cli/watch/keys.hpp"
#include "store/store_reader.hpp"
#include "tasker/task.hpp"

namespace tasker::cli {

/// What the full-screen view shows of one task.
struct WatchedTask {
  TaskRecord record;
  Standing standing;
  std::map<std::string, std::string> last_line;  ///< of each step that said something
};

/// The view of `tasker task watch`: a list of tasks, or one task with its steps; where it is scrolled to, and what is
/// chosen. Pure: data, keys and `now` come in, lines of text go out.
class WatchModel {
 public:
  /// What the driver has to do after a key.
  struct Stay {};
  struct Leave {};
  struct Open {
    std::string uuid;
  };
  struct Back {};  ///< to the list
  using Action = std::variant<Stay, Leave, Open, Back>;

  /// With a list behind it, a task can be left for the list.
  explicit WatchModel(bool has_list) : has_list_(has_list) {}

  void show(std::vector<store::TaskSummary> tasks);
  void show(WatchedTask task);
  bool shows_task() const { return task_.has_value(); }
  const WatchedTask* task() const { return task_ ? &*task_ : nullptr; }

  Action on_key(Key key);
  /// As many lines as the screen has, none wider than it is.
  std::vector<std::string> lines(WallTime now, const Style& style);

 private:
  std::vector<std::string> list_rows(const Style& style) const;
  std::vector<std::string> task_rows(WallTime now, const Style& style) const;
  std::vector<std::string> framed(std::vector<std::string> head, const std::vector<std::string>& rows,
                                  const std::string& keys, const Style& style);
  void choose(long by);

  bool has_list_;
  std::vector<store::TaskSummary> tasks_;
  std::string chosen_;  ///< uuid; the list may change around it
  std::optional<WatchedTask> task_;
  std::size_t top_ = 0;   ///< the first row that is shown
  std::size_t rows_ = 0;  ///< there were at the last frame
  std::size_t room_ = 1;  ///< rows that fit
};

}  // namespace tasker::cli
