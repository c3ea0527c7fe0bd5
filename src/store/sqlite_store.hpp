#pragma once

#include <atomic>
#include <span>

#include "store/sqlite_db.hpp"
#include "store/task_writer.hpp"
#include "store/template_table.hpp"
#include "store/writer_thread.hpp"
#include "tasker/store.hpp"

namespace tasker::store {

/// Creates the tables of a new database, in one transaction.
void create_schema(Db& db);

/// Tasks in SQLite, behind the group commit of a writer thread. `commit` may be called from any thread; the rest, and
/// the destruction, on the loop thread. Destruction commits what is queued; from then on no `on_durable` runs any more:
/// answers that did not run yet are dropped, and destroyed where the loop runs or drops its posted functions.
class SqliteStore final : public Store {
 public:
  /// Takes a database with its schema.
  SqliteStore(Db db, Post post);

  void commit(StoreBatch batch, OnDurable on_durable) override;
  TaskId next_task_id() override { return ++last_task_id_; }
  std::optional<TaskRecord> load(TaskId task) override;
  bool is_durable() const override { return false; }

 private:
  GroupErrors write_group(std::span<const StoreBatch> batches);
  void write_all(std::span<const StoreBatch> batches);
  GroupErrors write_one_by_one(std::span<const StoreBatch> batches);

  Db db_;
  TemplateTable templates_;
  TaskWriter writer_;
  std::atomic<TaskId> last_task_id_ = 0;
  WriterThread thread_;  ///< last: it is joined before anything it uses goes
};

}  // namespace tasker::store
