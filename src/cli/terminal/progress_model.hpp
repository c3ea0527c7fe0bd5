#pragma once

#include <string>
#include <vector>

#include "cli/terminal/progress_steps.hpp"
#include "cli/terminal/terminal.hpp"
#include "tasker/clock.hpp"
#include "tasker/events.hpp"

namespace tasker::cli {

/// What a person who watches a run wants to know, gathered from events. Pure: `now` comes in, text goes out. The text
/// is of two kinds: lines said once (what handlers log, what happens to workers), and a block that is drawn anew each
/// time: the steps as a tree, and how far the run is.
class ProgressModel {
 public:
  explicit ProgressModel(Style style) : style_(style) {}

  void apply(const Event& event, TimePoint now);

  /// Lines that became due since the last call; they stay on the screen.
  std::vector<std::string> take_lines();
  /// The block, within this terminal. Empty when nothing runs.
  std::vector<std::string> live_block(TimePoint now, const Style& style);
  bool is_running() const { return running_; }
  /// Lines that stay and are no event's.
  void say(const std::vector<std::string>& lines) { lines_.insert(lines_.end(), lines.begin(), lines.end()); }

 private:
  void on(const TaskStarted& event, TimePoint now);
  void on(const StepStarted& event, TimePoint now) { steps_.on(event, now); }
  void on(const StepProgressed& event, TimePoint) { steps_.on(event); }
  void on(const StepLogged& event, TimePoint now);
  void on(const StepCompleted& event, TimePoint) { steps_.on(event); }
  void on(const StepFailed& event, TimePoint) { steps_.on(event); }
  void on(const RetryScheduled& event, TimePoint now) { steps_.on(event, now); }
  void on(const StepsCreated& event, TimePoint now) { steps_.on(event, now); }
  void on(const TaskEnded&, TimePoint) { running_ = false; }
  void on(const WorkerStarted&, TimePoint) { ++workers_; }
  void on(const WorkerExited& event, TimePoint now);
  void on(const WorkerLogged& event, TimePoint now);
  /// What happens to workers otherwise is a line, or nothing.
  template <typename Other>
  void on(const Other& event, TimePoint) {
    worker_line(event);
  }

  void worker_line(const Event& event);
  void log_line(const std::string& who, const std::string& text, const std::string& level);
  std::string summary_line(TimePoint now, const Style& style) const;

  Style style_;
  bool running_ = false;
  TimePoint started_{};
  std::size_t name_width_ = 12;
  ProgressSteps steps_;
  int workers_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace tasker::cli
