#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal/terminal.hpp"
#include "tasker/clock.hpp"
#include "tasker/events.hpp"

namespace tasker::cli {

/// What a person who watches a run wants to know, gathered from events. Pure: `now` comes in, text goes out. The text
/// is of two kinds: lines said once, and a small block about what is going on that is drawn anew each time.
class ProgressModel {
 public:
  explicit ProgressModel(Style style) : style_(style) {}

  void apply(const Event& event, TimePoint now);

  /// Lines that became due since the last call; they stay on the screen.
  std::vector<std::string> take_lines();
  /// The block, for a terminal of this size. Empty when nothing runs.
  std::vector<std::string> live_block(TimePoint now, int width, int height) const;
  bool is_running() const { return running_; }
  /// Lines that stay and are no event's.
  void say(const std::vector<std::string>& lines) { lines_.insert(lines_.end(), lines.begin(), lines.end()); }

 private:
  struct ActiveStep {
    std::string name;
    int attempt = 1;
    int max_attempts = 1;
    TimePoint since{};
    std::optional<TimePoint> retry_at;  ///< waits
    std::string note;                   ///< progress, or why it is tried again
  };

  void on(const TaskStarted& event, TimePoint now);
  void on(const StepStarted& event, TimePoint now);
  void on(const StepProgressed& event, TimePoint now);
  void on(const StepLogged& event, TimePoint now);
  void on(const StepCompleted& event, TimePoint now);
  void on(const StepFailed& event, TimePoint now);
  void on(const RetryScheduled& event, TimePoint now);
  void on(const StepsCreated& event, TimePoint now);
  void on(const TaskEnded& event, TimePoint now);
  void on(const WorkerStarted& event, TimePoint now);
  void on(const WorkerExited& event, TimePoint now);
  void on(const WorkerLogged& event, TimePoint now);
  /// What happens to workers otherwise is a line, or nothing.
  template <typename Other>
  void on(const Other& event, TimePoint now) {
    (void)now;
    worker_line(event);
  }

  void worker_line(const Event& event);
  std::string name_column(const std::string& name) const;
  std::string active_line(const ActiveStep& step, TimePoint now, std::size_t width) const;
  std::string summary_line(TimePoint now, std::size_t width) const;
  void log_line(const std::string& who, const std::string& text, const std::string& level);

  Style style_;
  bool running_ = false;
  TimePoint started_{};
  std::size_t name_width_ = 12;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
  int workers_ = 0;
  std::uint64_t order_ = 0;
  std::map<std::uint64_t, ActiveStep> active_;         ///< in the order they became active
  std::map<std::string, std::uint64_t> active_order_;  ///< by step name
  std::vector<std::string> lines_;
};

}  // namespace tasker::cli
