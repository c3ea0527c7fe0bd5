#pragma once

#include <span>

#include "store/sqlite_db.hpp"

namespace tasker::store {

/// One step forward: makes a file of version `to - 1` one of version `to`. The first one makes an empty file version 1.
struct Migration {
  int to;
  const char* sql;
};

/// All of them, in order. Never changed once released; a new version is one more at the end.
std::span<const Migration> migrations();
/// The version this build writes.
int newest_version(std::span<const Migration> steps = migrations());
int version_of(Db& db);
/// Files from this version on are read as they are, without being brought up to date: what came later changed no table,
/// only indexes.
inline constexpr int kOldestReadable = 1;

/// Brings a database to the newest version, in one transaction. Does nothing when it is there already (asked again
/// inside the transaction: another engine may have been quicker).
void migrate(Db& db, std::span<const Migration> steps = migrations());

/// Marks a file as a store of ours, in SQLite's header ("tskr").
inline constexpr std::int64_t kApplicationId = 0x74736b72;

}  // namespace tasker::store
