#pragma once

#include <string>

#include "store/engine_lock.hpp"
#include "store/sqlite_db.hpp"
#include "store/task_writer.hpp"

namespace tasker::store {

/// This engine's row in the store and the lock that shows that it lives.
struct Registration {
  Owner owner;
  std::string socket;  ///< where it may take commands
  EngineLock lock;
};

/// Takes the lock, then writes the row. Throws SqliteError or std::runtime_error.
Registration register_engine(Db& db, const std::string& store_path);

/// The engine ends by itself: what it has not finished belongs to nobody now, and nothing of it can be running.
void sign_off(Db& db, const Owner& owner);

/// Where an engine takes commands: beside the store, or in the user's runtime folder when that path is too long for a
/// Unix socket. Empty when neither fits.
std::string socket_path(const std::string& store_path, const Uuid& engine);

}  // namespace tasker::store
