#pragma once

#include <optional>
#include <string>

#include "store/sqlite_db.hpp"
#include "tasker/store.hpp"

namespace tasker::store {

/// Throws std::runtime_error, a sentence for people with the file's name and the way out, in every function here.

/// Opens a store's file for an engine: makes it and its folder when missing, brings it to this build's version. Refuses
/// folders that can't be written, network file systems, files that are no store of ours, and newer versions.
Db open_for_writing(const std::string& path, const StoreOptions& options = {});

/// Opens an existing store's file for queries. Never writes, never migrates.
Db open_for_reading(const std::string& path);

/// What an I/O error of this file means to people.
std::string explain(const std::string& path, const SqliteError& error);

/// Which file stands at a path: tells a file that was removed or replaced from the one that is open.
struct FileIdentity {
  static std::optional<FileIdentity> of(const std::string& path);
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

}  // namespace tasker::store
