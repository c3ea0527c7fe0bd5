#include "store/sqlite_store.hpp"

#include <exception>
#include <utility>

#include "store/schema/sqlite.hpp"
#include "store/task_reader.hpp"

namespace tasker::store {

void create_schema(Db& db) {
  Transaction transaction(db);
  db.exec(kSqliteSchema);
  transaction.commit();
}

SqliteStore::SqliteStore(Db db, Post post)
    : db_(std::move(db)),
      templates_(db_),
      writer_(db_, templates_),
      thread_([this](std::span<const StoreBatch> batches) { return write_group(batches); }, std::move(post)) {}

void SqliteStore::commit(StoreBatch batch, OnDurable on_durable) {
  thread_.write(std::move(batch), std::move(on_durable));
}

std::optional<TaskRecord> SqliteStore::load(TaskId task) {
  std::optional<TaskRecord> record;
  thread_.run_and_wait([&] { record = read_task(db_, templates_, task); });
  return record;
}

// --- the writer thread
// -------------------------------------------------------------------------------------------------

// A group fails as a whole only when the database itself does. A batch that can't be stored must not take the others of
// its group with it, so then each is tried alone. Without a file there is nothing to wait for: an I/O error is not
// retried, it is the answer.
GroupErrors SqliteStore::write_group(std::span<const StoreBatch> batches) {
  const auto all = [&](const char* message) { return GroupErrors(batches.size(), StoreError{message}); };
  try {
    write_all(batches);
    return {};
  } catch (const SqliteError& error) {
    if (error.is_io()) return all(error.what());
  } catch (const std::exception&) {
    // Which of them it was, and whether it is alone, comes out below.
  }
  try {
    return write_one_by_one(batches);
  } catch (const std::exception& error) {
    templates_.rolled_back();
    return all(error.what());
  }
}

void SqliteStore::write_all(std::span<const StoreBatch> batches) try {
  Transaction transaction(db_);
  templates_.sweep();
  for (const auto& batch : batches) writer_.write(batch);
  transaction.commit();
} catch (...) {
  templates_.rolled_back();
  throw;
}

GroupErrors SqliteStore::write_one_by_one(std::span<const StoreBatch> batches) {
  Transaction transaction(db_);
  GroupErrors errors(batches.size());
  for (std::size_t i = 0; i < batches.size(); ++i) {
    try {
      Savepoint part(db_);
      writer_.write(batches[i]);
      part.release();
    } catch (const std::exception& error) {
      const auto* sqlite = dynamic_cast<const SqliteError*>(&error);
      if (sqlite && sqlite->is_io()) throw;
      templates_.rolled_back();
      errors[i] = StoreError{error.what()};
    }
  }
  transaction.commit();
  return errors;
}

}  // namespace tasker::store
