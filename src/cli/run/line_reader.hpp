#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "cli/run/lines_ahead.hpp"

namespace tasker::cli {

/// Reads lines of a file or of standard input on a thread of its own, a bounded number ahead, so that a slow or endless
/// pipe neither stops the loop nor fills memory. A line that is too long is passed over to its newline and told.
class LineReader {
 public:
  using Line = InputLine;

  /// `path` or `-`. Throws CommandError (input_invalid) when it can't be opened. `arrived` is called on the reading
  /// thread when a line came after `next` had nothing, and at the end.
  LineReader(const std::string& path, std::size_t max_bytes, std::function<void()> arrived);
  /// Ends the thread, also one that waits for input.
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  std::optional<Line> next();
  /// All lines were given.
  bool at_end() const;

 private:
  void read();
  bool feed(const char* data, std::size_t size);
  bool push(Line line);
  bool wait_readable() const;

  const std::size_t max_bytes_;
  const std::function<void()> arrived_;
  int fd_ = -1;
  int stop_fd_ = -1;
  Line current_{1, "", false};
  mutable std::mutex mutex_;
  std::condition_variable room_;
  LinesAhead lines_;
  bool ended_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tasker::cli
