#pragma once

#include <optional>
#include <string>

#include "tasker/uuid.hpp"

namespace tasker::store {

/// The sign of life of one engine: an exclusive flock on `<store>.engines/<id>.lock`, held until the process ends,
/// however it ends. Nobody waits for it; whoever can share the lock knows that its engine is dead. Only such a
/// successor removes the file. The descriptor is close-on-exec, so no worker keeps a dead engine alive.
class EngineLock {
 public:
  /// Throws std::runtime_error when the folder or the file can't be made.
  static EngineLock acquire(const std::string& store_path, const Uuid& engine);
  ~EngineLock();
  EngineLock(EngineLock&& other) noexcept;
  EngineLock& operator=(EngineLock&&) = delete;

 private:
  explicit EngineLock(int fd) : fd_(fd) {}
  int fd_;
};

/// `<store>.engines`: lock files and sockets.
std::string engines_folder(const std::string& store_path);

bool is_alive(const std::string& store_path, const Uuid& engine);

/// The pid of some engine that has the store open.
std::optional<int> living_engine(const std::string& store_path);

/// How many of them there are.
int living_engines(const std::string& store_path);

/// Removes the lock files and sockets of the dead. Best effort.
void sweep_dead_engines(const std::string& store_path);

}  // namespace tasker::store
