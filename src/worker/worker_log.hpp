#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace tasker::worker {

/// What a worker wrote on stderr: cut into lines for whoever listens, and its end kept for the day it dies. A line of
/// any length is passed on in pieces of at most 64 KiB, so nothing a handler prints can grow the engine.
class WorkerLog {
 public:
  explicit WorkerLog(std::function<void(std::string_view line)> on_line) : on_line_(std::move(on_line)) {}

  void feed(std::string_view bytes);
  /// Passes a line on that has no newline yet: its step is over.
  void flush();
  /// The last `max` bytes, from the start of a line where there is one; of a crash report of Ruby itself the first
  /// `max`.
  std::string tail(std::size_t max = 8 * 1024) const;

 private:
  void keep(std::string_view bytes);
  std::function<void(std::string_view)> on_line_;
  std::string line_;
  std::string kept_;
};

}  // namespace tasker::worker
