#pragma once

#include <string>

namespace tasker::test {

/// A file system for SQLite, by the name "lossy", that knows what a power loss would leave: of each file, what was
/// there at its last sync. Everything else goes through to the real one.
class LossyVfs {
 public:
  LossyVfs();
  ~LossyVfs();
  LossyVfs(const LossyVfs&) = delete;
  LossyVfs& operator=(const LossyVfs&) = delete;

  /// Copies a database and its log as they would be found after the power went now: writes since the last sync of each
  /// file are undone. From any thread; writers are held off meanwhile.
  void copy_what_survives(const std::string& database, const std::string& to);
};

}  // namespace tasker::test
