#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/exit_code.hpp"
#include "cli/run/bulk_status.hpp"
#include "cli/terminal/console.hpp"
#include "cli/terminal/run_view.hpp"
#include "tasker/events.hpp"

namespace tasker::cli {

/// Watches a run of many tasks: one result line per task as it ends, in the format that was asked for, and the count of
/// how they ended. Passes every event on to the view, which shows events and logs. Loop thread.
class TaskLines final : public Observer {
 public:
  explicit TaskLines(const Console& console) : console_(console) {}

  /// Where the lines go from now on.
  void write_to(RunView& view) { view_ = &view; }
  void on_event(const Event& event, WallTime at) override;

  /// A line of the input that no task could be made of, or whose task is not ours.
  void refused(std::int64_t line, ExitCode code, std::string_view kind, const std::string& message);
  /// A line whose task had ended before this run.
  void skipped() { ++skipped_; }
  /// Called with every task that has ended.
  void on_end(std::function<void(const TaskRecord&)> function) { on_end_ = std::move(function); }

  BulkCounts counts() const { return {complete_, failed_, under_way_, skipped_}; }
  std::uint64_t failed() const { return failed_; }
  ExitCode exit_code() const { return failed_ > 0 ? ExitCode::TaskFailed : ExitCode::Complete; }
  /// `12 tasks: 10 complete, 2 failed`
  std::string summary() const;

 private:
  void ended(const TaskRecord& record);
  void print(std::string text);

  const Console& console_;
  RunView* view_ = nullptr;
  std::function<void(const TaskRecord&)> on_end_;
  std::uint64_t complete_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t under_way_ = 0;
};

}  // namespace tasker::cli
