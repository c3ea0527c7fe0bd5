#include "store/store_file.hpp"

#include <linux/magic.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "store/engine_lock.hpp"
#include "store/migrations.hpp"

namespace tasker::store {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Another engine's commit takes milliseconds; one that holds the file longer than this is stuck.
constexpr auto kPatienceForOthers = 10s;
constexpr long kFuse = 0x65735546;
constexpr long kCifs = 0xFF534D42;
constexpr long kSmb2 = 0xFE534D42;

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw std::runtime_error("store \"" + path + "\": " + why);
}

std::string reason() { return std::strerror(errno); }

/// The folder that is there: the file's own, or the nearest one above it.
fs::path existing_folder(fs::path folder) {
  std::error_code ignored;
  if (folder.empty()) folder = ".";
  while (!fs::exists(folder, ignored) && folder.has_parent_path() && folder != folder.parent_path()) {
    folder = folder.parent_path();
  }
  return fs::exists(folder, ignored) ? folder : fs::path(".");
}

// Locks and shared memory hold on local file systems only.
void refuse_network(const std::string& path) {
  struct statfs facts {};
  if (::statfs(existing_folder(fs::path(path).parent_path()).c_str(), &facts) != 0) return;
  const char* name = nullptr;
  switch (static_cast<long>(facts.f_type)) {
    case NFS_SUPER_MAGIC:
      name = "NFS";
      break;
    case SMB_SUPER_MAGIC:
    case kCifs:
    case kSmb2:
      name = "SMB";
      break;
    case kFuse:
      name = "FUSE";
      break;
    case V9FS_MAGIC:
      name = "9p";
      break;
    default:
      return;
  }
  fail(path, std::string("lies on a ") + name +
                 " file system, where SQLite's locks do not hold; keep it on a local disk (--store sqlite:PATH)");
}

void make_folder(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) return;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail(path, "the folder " + folder.string() + " can't be made: " + error.message());
}

void refuse_folder(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
    fail(path, "is a folder; name a file in it, e.g. sqlite:" + (fs::path(path) / "tasker.db").string());
  }
}

/// Throws unless the file is empty, or a store of this version or an older one.
void check_kind(const std::string& path, Db& db) {
  const int version = version_of(db);
  if (version > newest_version()) {
    fail(path, "has the format version " + std::to_string(version) + ", this build knows versions up to " +
                   std::to_string(newest_version()) + "; it was left as it is, use a newer tasker");
  }
  const bool ours = db.number("PRAGMA application_id") == kApplicationId;
  const bool empty = version == 0 && db.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!ours && !empty) fail(path, "is an SQLite database, but no store of tasker; it was left as it is");
}

/// Nobody has it open, and the folder can't be written (a backup on a read-only disk): SQLite could not make the shared
/// memory that its log needs, and needs neither. What a log left behind holds can't be had then.
bool is_frozen(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0) return false;
  struct stat facts {};
  if (::stat((path + "-shm").c_str(), &facts) == 0) return false;  // somebody who can write has it open
  if (::stat((path + "-wal").c_str(), &facts) != 0 || facts.st_size == 0) return true;
  fail(path,
       "has a log beside it that is not yet in the file, and the folder can't be written; copy the file and the "
       "-wal beside it to a folder that can");
}

/// SQLite asks nobody to wait when two engines make a file at once, so we do.
std::string enter_wal_mode(Db& db) {
  const auto give_up_at = std::chrono::steady_clock::now() + kPatienceForOthers;
  while (true) {
    try {
      return db.text("PRAGMA journal_mode = WAL");
    } catch (const SqliteError& error) {
      if ((error.code() & 0xff) != SQLITE_BUSY || std::chrono::steady_clock::now() > give_up_at) throw;
      std::this_thread::sleep_for(10ms);
    }
  }
}

void configure(Db& db, const StoreOptions& options) {
  if (enter_wal_mode(db) != "wal") throw std::runtime_error("the write-ahead log can't be had");
  db.exec(options.durability == Durability::Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  db.exec("PRAGMA journal_size_limit = 16777216; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = OFF");
}

/// Takes its name only when it is whole, and of that version: another engine may be bringing the file up to date.
void keep_copy(const std::string& path, Db& db, int version) {
  const std::string copy = path + ".v" + std::to_string(version) + ".bak";
  const std::string unfinished = copy + "." + std::to_string(::getpid());
  std::error_code error;
  fs::remove(unfinished, error);
  try {
    db.cached("VACUUM INTO ?").bind(unfinished).run();
  } catch (const SqliteError&) {
    fs::remove(unfinished, error);
    throw;
  }
  if (version_of(db) != version) {
    fs::remove(unfinished, error);
    return;
  }
  fs::rename(unfinished, copy, error);
  if (error) fail(path, "the copy " + copy + " can't be made: " + error.message());
}

/// An older file is copied before it is changed, and changed only while nobody else uses it.
void bring_up_to_date(const std::string& path, Db& db) {
  const int version = version_of(db);
  if (version == newest_version()) return;
  if (version > 0) {
    // An engine shows itself only after it has brought the file up to date: asked in this order, one that was quicker
    // than us is not taken for one of the older version.
    const auto pid = living_engine(path);
    if (version_of(db) == newest_version()) return;
    if (pid) {
      fail(path, "has the older format version " + std::to_string(version) + " and is in use by process " +
                     std::to_string(*pid) + "; try again when that one has ended");
    }
    keep_copy(path, db, version);
  }
  migrate(db);
}

}  // namespace

std::string explain(const std::string& path, const SqliteError& error) {
  switch (error.code() & 0xff) {
    case SQLITE_FULL:
      return "store \"" + path + "\": the disk is full; make room, nothing that was reported is lost";
    case SQLITE_READONLY:
      return "store \"" + path + "\": can't be written: the file, its folder or its file system is read-only";
    case SQLITE_NOTADB:
      return "store \"" + path + "\": is not an SQLite database; it was left as it is, name another file";
    case SQLITE_CORRUPT:
      return "store \"" + path + "\": is damaged (" + error.what() +
             "); end its engines and put a copy made by \"tasker store backup\" in its place";
    case SQLITE_BUSY:
      return "store \"" + path + "\": another process holds it and does not let go";
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
    case SQLITE_PERM:
      return "store \"" + path + "\": can't be opened: " + (errno ? reason() : std::string("no permission"));
    default:
      return "store \"" + path + "\": " + error.what();
  }
}

Db open_for_writing(const std::string& path, const StoreOptions& options) {
  refuse_folder(path);
  refuse_network(path);
  make_folder(path);
  errno = 0;
  try {
    Db db = Db::open(path, Db::Mode::Create, options.vfs);
    db.set_busy_timeout(kPatienceForOthers);
    check_kind(path, db);
    configure(db, options);
    bring_up_to_date(path, db);
    check_kind(path, db);
    return db;
  } catch (const SqliteError& error) {
    throw std::runtime_error(explain(path, error));
  }
}

Db open_for_reading(const std::string& path) {
  refuse_folder(path);
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    fail(path, errno == ENOENT ? "there is none yet; a run makes it, or name another one with --store sqlite:PATH"
                               : "can't be opened: " + reason());
  }
  errno = 0;
  try {
    Db db = Db::open(path, is_frozen(path) ? Db::Mode::Frozen : Db::Mode::ReadOnly);
    db.set_busy_timeout(kPatienceForOthers);
    check_kind(path, db);
    if (version_of(db) < kOldestReadable) {
      fail(path,
           "has the older format version " + std::to_string(version_of(db)) + "; the next run brings it up to date");
    }
    return db;
  } catch (const SqliteError& error) {
    throw std::runtime_error(explain(path, error));
  }
}

std::optional<FileIdentity> FileIdentity::of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return std::nullopt;
  return FileIdentity{facts.st_dev, facts.st_ino};
}

}  // namespace tasker::store
