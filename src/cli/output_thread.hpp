#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace tasker::cli {

/// Writes to one of the engine's own streams, on a thread of its own, so that a slow reader never stops a deadline.
/// What matters is kept however long the queue gets; what is only nice to have is dropped when the reader lags behind.
class OutputThread {
 public:
  struct Hooks {
    /// Nobody reads any more. Called once, on the writing thread.
    std::function<void()> on_broken = [] {};
    /// Called about every `beat` on the writing thread, for as long as there is one; must be quick.
    std::function<void()> on_beat;
    std::chrono::milliseconds beat{100};
  };

  explicit OutputThread(int fd) : OutputThread(fd, Hooks()) {}
  OutputThread(int fd, Hooks hooks, std::size_t limit_bytes = 1 << 20);
  /// Finishes.
  ~OutputThread();
  OutputThread(const OutputThread&) = delete;
  OutputThread& operator=(const OutputThread&) = delete;

  void write(std::string text);
  /// Drops the text when more than the limit is waiting.
  void offer(std::string text);
  /// Ends the beat: `on_beat` is not called again once this has returned.
  void stop_beat();
  /// Writes out what waits and ends the thread. Blocks for as long as the reader does.
  void finish();

  bool is_broken() const;
  /// Something is still to be written.
  bool is_behind() const;
  std::uint64_t dropped() const;

 private:
  void run();
  bool write_out(const std::string& text);

  const int fd_;
  const std::size_t limit_bytes_;
  Hooks hooks_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  bool finishing_ = false;
  bool broken_ = false;
  std::uint64_t dropped_ = 0;
  std::mutex beating_;  ///< held while `on_beat` runs
  bool beat_on_ = false;
  std::thread thread_;
};

/// Writes the whole text to a descriptor, on this thread. False when nobody reads it any more.
bool write_all(int fd, std::string_view text);

}  // namespace tasker::cli
