#include "store/sqlite_store.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/failpoint.hpp"
#include "store/task_reader.hpp"

namespace tasker::store {

namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRetry = 50ms;
constexpr Duration kLastRetry = 2s;
/// 4 MiB: the log is copied into the file while nobody waits for it.
constexpr int kCheckpointPages = 1024;
/// Numbers are handed out in blocks; what an engine does not use is lost, and there are enough.
constexpr TaskId kFirstBlock = 16;
constexpr TaskId kNextBlock = 4096;

TemplateTable::Sharing sharing(const std::optional<StoreFile>& file) {
  return file ? TemplateTable::Sharing::Shared : TemplateTable::Sharing::Private;
}
Owner owner_of(const std::optional<StoreFile>& file) { return file ? file->registration.owner : Owner{}; }

StoreError as_store_error(const std::exception& error) {
  const auto* refused = dynamic_cast<const WriteRefused*>(&error);
  return {error.what(), refused ? refused->kind() : StoreError::Kind::Refused};
}

/// The file is not the one that was opened: what is committed now would be lost.
class FileGone : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace

SqliteStore::SqliteStore(Db db, Post post, std::optional<StoreFile> file)
    : db_(std::move(db)),
      file_(std::move(file)),
      templates_(db_, sharing(file_)),
      writer_(db_, templates_, owner_of(file_)),
      thread_([this](std::span<const StoreBatch> batches) { return write_group(batches); }, [this] { checkpoint(); },
              std::move(post)) {
  if (!file_) return;
  identity_ = FileIdentity::of(file_->path);
  log_identity_ = FileIdentity::of(file_->path + "-wal");
}

// Whoever holds unfinished tasks signs off behind the last write; without it (a full disk) they count as those of a
// dead engine, which is safe.
SqliteStore::~SqliteStore() {
  {
    const std::lock_guard lock(ending_mutex_);
    ending_ = true;
  }
  ending_changed_.notify_all();
  if (!file_) return;
  try {
    thread_.run_and_wait([this] {
      check_file();
      sign_off(db_, file_->registration.owner);
      // The last one to leave empties the log; SQLite would do it for us, but not while a reader of ours is open.
      db_.set_busy_timeout(std::chrono::milliseconds(0));
      db_.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    });
  } catch (const std::exception&) {
    // As said above.
  }
}

void SqliteStore::commit(StoreBatch batch, OnDurable on_durable) {
  thread_.write(std::move(batch), std::move(on_durable));
}

std::optional<Uuid> SqliteStore::engine_id() const { return file_ ? file_->registration.owner.id : std::nullopt; }

TaskId SqliteStore::next_task_id() {
  const std::lock_guard lock(ids_);
  if (file_ && last_task_id_ == last_reserved_id_) reserve_task_ids();
  return ++last_task_id_;
}

void SqliteStore::reserve_task_ids() {
  const TaskId size = last_reserved_id_ == 0 ? kFirstBlock : kNextBlock;
  thread_.run_and_wait([&] {
    Transaction transaction(db_);
    Statement& take = db_.cached("UPDATE counters SET value = value + ? WHERE name = 'task' RETURNING value");
    take.bind(size);
    take.step();
    last_reserved_id_ = take.integer();
    take.run();
    transaction.commit();
  });
  last_task_id_ = last_reserved_id_ - size;
}

std::optional<TaskRecord> SqliteStore::load(TaskId task) {
  std::optional<TaskRecord> record;
  thread_.run_and_wait([&] { record = read_task(db_, templates_, task); });
  return record;
}

// --- the writer thread
// -------------------------------------------------------------------------------------------------

// What is wrong with the place (a full disk, a lock) is waited out for a while, with the same group; without a file
// there is nothing to wait for. What is wrong with a write must not take the others of its group with it, so then each
// batch is tried alone.
GroupErrors SqliteStore::write_group(std::span<const StoreBatch> batches) {
  const auto all = [&](const std::string& message) {
    return GroupErrors(batches.size(), StoreError{message, StoreError::Kind::Unavailable});
  };
  const auto give_up_at = std::chrono::steady_clock::now() + (file_ ? file_->patience : Duration{});
  for (Duration delay = kFirstRetry;; delay = std::min(delay * 2, kLastRetry)) {
    try {
      return write_or_tell(batches);
    } catch (const SqliteError& error) {
      templates_.rolled_back();
      const bool worth_it = error.is_passing() && std::chrono::steady_clock::now() + delay < give_up_at;
      if (!worth_it || !wait_before_retry(delay)) return all(told(error));
    } catch (const std::exception& error) {
      templates_.rolled_back();
      return all(error.what());
    }
  }
}

GroupErrors SqliteStore::write_or_tell(std::span<const StoreBatch> batches) {
  try {
    write_all(batches);
    return {};
  } catch (const FileGone&) {
    throw;
  } catch (const SqliteError& error) {
    if (error.is_io()) throw;
  } catch (const std::exception&) {
    // Which of them it was, and whether it is alone, comes out below.
  }
  return write_one_by_one(batches);
}

void SqliteStore::write_all(std::span<const StoreBatch> batches) try {
  Transaction transaction(db_);
  templates_.sweep();
  for (const auto& batch : batches) writer_.write(batch);
  failpoint("before-commit");
  transaction.commit();
  failpoint("after-commit");
  check_file();
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
      errors[i] = as_store_error(error);
    }
  }
  transaction.commit();
  check_file();
  return errors;
}

std::string SqliteStore::told(const SqliteError& error) const {
  return file_ ? explain(file_->path, error) : error.what();
}

void SqliteStore::check_file() const {
  if (!file_) return;
  const bool same =
      FileIdentity::of(file_->path) == identity_ && FileIdentity::of(file_->path + "-wal") == log_identity_;
  if (same) return;
  throw FileGone("store \"" + file_->path +
                 "\": the file, or its -wal beside it, was removed or replaced while it was in use; what was reported "
                 "done until then is in the old one, nothing is written any more");
}

/// PASSIVE waits for nobody and disturbs nobody. Whatever keeps it from working now is told by the next commit.
void SqliteStore::checkpoint() {
  if (!file_ || db_.wal_pages() < kCheckpointPages) return;
  try {
    failpoint("checkpoint");
    db_.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (const SqliteError&) {
    return;
  }
}

/// False when the store is being closed.
bool SqliteStore::wait_before_retry(Duration delay) {
  std::unique_lock lock(ending_mutex_);
  return !ending_changed_.wait_for(lock, delay, [this] { return ending_; });
}

}  // namespace tasker::store
