#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/terminal/console.hpp"
#include "tasker/clock.hpp"

namespace tasker::cli {

/// What a run says about its store beside its own work; nothing for a store without a file, one that is not there yet
/// or can't be read (the run itself tells of that), and with --quiet.

/// One line when the store holds tasks that no engine runs any more, with the command that goes on with them. Those of
/// the run itself (`run_id`) are its own to go on with.
void tell_of_abandoned(const std::string& store_url, const std::string& run_id, const Console& console);

/// A warning when the write-ahead log is larger than 64 MiB: some reader keeps it from being copied into the file.
void warn_of_large_log(const std::string& store_url, const Console& console);
/// Its sentence; empty: there is nothing to warn of.
std::string large_log(const std::string& store_url);

/// The same while a run goes on: when the log is looked at, and whether what is seen is worth another warning.
class LogWatch {
 public:
  /// Every ten seconds, the first time after ten.
  bool is_due(TimePoint now);
  /// True when the log is too large for the first time, and each time it has doubled since.
  bool is_news(std::uintmax_t bytes);

 private:
  std::optional<TimePoint> next_look_;
  std::uintmax_t told_ = 0;
};

/// How large a store's write-ahead log is; 0 without one.
std::uintmax_t log_bytes(const std::string& store_url);

}  // namespace tasker::cli
