#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tasker/events.hpp"

namespace tasker::cli {

/// Ruby's own crash report ("[BUG] Segmentation fault ..."), line by line: hundreds of lines, of which a reader needs
/// the first two and where in the handler it was. Pure.
class CrashReport {
 public:
  /// True when the line is to be shown: it is no part of a report, or one of the few that matter.
  bool shows(std::string_view line);
  /// Lines left out since the report began; the report is over afterwards.
  std::size_t end();
  bool is_inside() const { return part_ != Part::None; }

 private:
  enum class Part { None, Head, Backtrace, Other, MemoryMap };
  bool is_over(std::string_view line) const;
  bool shows_inside(std::string_view line);

  Part part_ = Part::None;
  std::size_t hidden_ = 0;
};

/// The lines of a report that matter, or all lines when they are none.
std::vector<std::string> without_crash_noise(const std::vector<std::string>& lines);

/// Passes events on to an observer made for people, and of a crash report only what matters, with a line that tells
/// how much was left out and how to see it.
class CrashAbridger final : public Observer {
 public:
  explicit CrashAbridger(Observer& people) : people_(people) {}
  void on_event(const Event& event, WallTime at) override;

 private:
  void on_step_line(const StepLogged& event, WallTime at);
  void on_worker_line(const WorkerLogged& event, WallTime at);
  void end_step(const Task& task, const WorkflowStep& step, WallTime at);
  void end_worker(const WorkerExited& event, WallTime at);

  Observer& people_;
  std::map<std::string, CrashReport> of_steps_;  ///< those that have begun one
  std::map<int, CrashReport> of_workers_;
};

}  // namespace tasker::cli
