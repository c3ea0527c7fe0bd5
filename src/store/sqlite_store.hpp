#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "store/engine_registration.hpp"
#include "store/sqlite_db.hpp"
#include "store/store_file.hpp"
#include "store/task_writer.hpp"
#include "store/template_table.hpp"
#include "store/writer_thread.hpp"
#include "tasker/store.hpp"

namespace tasker::store {

/// What a store with a file has more than one in memory.
struct StoreFile {
  std::string path;
  Duration patience;
  Registration registration;
};

/// Tasks in SQLite, behind the group commit of a writer thread. `commit` may be called from any thread; the rest, and
/// the destruction, on the loop thread. Destruction commits what is queued; from then on no `on_durable` runs any more:
/// answers that did not run yet are dropped, and destroyed where the loop runs or drops its posted functions.
class SqliteStore final : public Store {
 public:
  /// Takes a database with its schema; without a file it ends with the process.
  SqliteStore(Db db, Post post, std::optional<StoreFile> file = std::nullopt);
  ~SqliteStore() override;

  void commit(StoreBatch batch, OnDurable on_durable) override;
  TaskId next_task_id() override;
  std::optional<TaskRecord> load(TaskId task) override;
  bool is_durable() const override { return file_.has_value(); }
  std::optional<Uuid> engine_id() const override;
  std::string control_path() const override { return file_ ? file_->registration.socket : ""; }

 private:
  GroupErrors write_group(std::span<const StoreBatch> batches);
  GroupErrors write_or_tell(std::span<const StoreBatch> batches);
  void write_all(std::span<const StoreBatch> batches);
  GroupErrors write_one_by_one(std::span<const StoreBatch> batches);
  std::string told(const SqliteError& error) const;
  void check_file() const;
  void checkpoint();
  bool wait_before_retry(Duration delay);
  void reserve_task_ids();

  Db db_;
  std::optional<StoreFile> file_;
  std::optional<FileIdentity> identity_;
  std::optional<FileIdentity> log_identity_;
  TemplateTable templates_;
  TaskWriter writer_;
  std::mutex ids_;
  TaskId last_task_id_ = 0;
  TaskId last_reserved_id_ = 0;
  std::mutex ending_mutex_;
  std::condition_variable ending_changed_;
  bool ending_ = false;  ///< nobody waits for a disk any more
  WriterThread thread_;  ///< last: it is joined before anything it uses goes
};

}  // namespace tasker::store
