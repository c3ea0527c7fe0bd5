#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/terminal/progress_model.hpp"
#include "cli/terminal/terminal.hpp"
#include "tasker/clock.hpp"
#include "tasker/events.hpp"

namespace tasker::cli {

/// Shows a run on a terminal: lines that stay, and below them a block that is drawn over itself, at most ten times
/// a second. Loop thread only. It never waits: `write` must not block.
class ProgressDisplay final : public Observer {
 public:
  struct Screen {
    std::function<Style()> style;  ///< asked for each frame: a terminal changes its size
    std::function<void(std::string frame)> write;
    std::function<bool()> is_behind = [] { return false; };  ///< earlier frames are still on their way
  };

  ProgressDisplay(const Clock& clock, Screen screen);

  void on_event(const Event& event, WallTime at) override;
  /// Lines that stay, above the block.
  void say(const std::vector<std::string>& lines);
  /// Draws what has become due; called now and then while nothing happens.
  void tick();
  /// What is on the screen stays there: the next frame is drawn below it, wherever the cursor is then.
  void let_go() { block_widths_.clear(); }
  /// Takes the block off the screen, for good.
  void finish();

 private:
  void draw(TimePoint now);
  /// Rows that the block takes there now: a terminal that was made narrower has wrapped its lines.
  std::size_t rows_on_screen(const Style& style) const;

  const Clock& clock_;
  Screen screen_;
  ProgressModel model_;
  TimePoint drawn_at_{};
  bool drawn_ = false;
  bool finished_ = false;
  std::vector<std::size_t> block_widths_;  ///< of the lines of the block on the screen
};

/// Says a run for a file or a pipe: one line per event, no escape codes, nothing drawn twice.
class ProgressLines final : public Observer {
 public:
  explicit ProgressLines(std::function<void(std::string line)> write) : write_(std::move(write)) {}
  void on_event(const Event& event, WallTime at) override;

 private:
  std::function<void(std::string line)> write_;
};

/// The line of one event in a log; empty for events that deserve none.
std::string progress_line(const Event& event);

}  // namespace tasker::cli
