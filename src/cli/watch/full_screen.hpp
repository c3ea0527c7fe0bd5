#pragma once

#include <termios.h>

#include <string>
#include <vector>

namespace tasker::cli {

/// The terminal's other screen, taken while this lives: no echo, no line buffering, no cursor; given back as it was by
/// `leave` or the destructor. One at a time, on stdin and stdout.
class FullScreen {
 public:
  FullScreen();
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  void enter();
  void leave();
  /// Draws the lines where they differ from those that stand there.
  void draw(const std::vector<std::string>& lines);
  /// The terminal may show anything: draw all at the next time.
  void forget() { shown_.clear(); }

 private:
  termios before_{};
  bool entered_ = false;
  std::vector<std::string> shown_;
};

}  // namespace tasker::cli
