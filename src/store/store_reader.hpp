#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite_db.hpp"
#include "store/template_table.hpp"
#include "tasker/task.hpp"

namespace tasker::store {

/// Which tasks; what is empty asks for nothing.
struct TaskFilter {
  std::string state;
  std::string name;
  std::string name_space;
  std::string error_class;
  std::string run_id;
  std::optional<WallTime> since;  ///< requested at or after
  std::optional<WallTime> until;  ///< requested before
  std::int64_t limit = 50;        ///< 0: all
};

/// One line of a list of tasks.
struct TaskSummary {
  Uuid uuid;
  std::string name_space;
  std::string name;
  std::string version;
  std::string state;
  std::string run_id;
  std::optional<std::int64_t> line;
  std::string unique_key;
  std::optional<WallTime> started_at;
  std::optional<WallTime> finished_at;
  std::int64_t steps_total = 0;
  std::int64_t steps_complete = 0;
  SharedError error;  ///< of the task, else of its first failed step
};

/// A line a step said, and where.
struct StoredLog {
  std::string step;
  StepIndex step_index = 0;
  DispatchId dispatch = 0;
  LogLine line;
};

/// The engine that a task belongs to.
struct TaskOwner {
  Uuid id;
  int pid = 0;
  std::string socket;
  bool alive = false;
};

/// Tasks that have not ended, of one handler set and one owner.
struct UnfinishedTasks {
  std::optional<std::int64_t> handler_set;  ///< its row
  std::optional<Uuid> owner;
  std::int64_t count = 0;
};

/// Queries over a store's file on a connection that can't write; each in a transaction of its own, so an engine's log
/// never waits for a reader. One thread. Throws std::runtime_error with a sentence for people, of these SqliteError
/// for what can't be read.
class StoreReader {
 public:
  explicit StoreReader(const std::string& path);

  /// Newest first.
  std::vector<TaskSummary> list(const TaskFilter& filter);
  /// The task with this uuid, or the only one whose uuid begins or ends so. Throws when several do.
  std::optional<TaskId> find(const std::string& uuid);
  std::optional<TaskId> find_line(const std::string& run_id, std::optional<std::int64_t> line);
  /// The last line of a run that has a task; 0: none.
  std::int64_t last_line(const std::string& run_id);
  /// Engines that have, or had, unfinished tasks of a run.
  std::vector<Uuid> owners_of_run(const std::string& run_id);
  std::optional<TaskRecord> load(TaskId task);
  std::vector<StoredLog> logs(TaskId task, const std::string& step, std::int64_t limit);
  /// How many tasks have not ended and wait for nobody, by handler set and owner (none, or dead or alive); but for
  /// those of a run, where one is named.
  std::vector<UnfinishedTasks> unfinished(const std::string& but_of_run = "");
  /// Those of a handler set behind `after`, oldest first, `limit` at most, with their owners.
  std::vector<std::pair<TaskId, std::optional<Uuid>>> unfinished_of_set(std::optional<std::int64_t> handler_set,
                                                                        TaskId after, std::int64_t limit);
  /// The templates of a handler set's tasks that have this owner.
  std::vector<SharedTemplate> unfinished_templates(const UnfinishedTasks& tasks);
  /// None when nobody owns it.
  std::optional<TaskOwner> owner(const TaskRecord& record);
  bool is_alive(const Uuid& engine) const;
  /// Changes when something was committed.
  std::int64_t version() { return db_.data_version(); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  Db db_;
  TemplateTable templates_;
};

}  // namespace tasker::store
