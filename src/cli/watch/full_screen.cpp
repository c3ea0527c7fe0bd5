#include "cli/watch/full_screen.hpp"

#include <unistd.h>

#include <utility>

namespace tasker::cli {

namespace {

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count <= 0 && errno != EINTR) return;  // a terminal that is gone is told by its hangup
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

FullScreen::FullScreen() { enter(); }

FullScreen::~FullScreen() { leave(); }

void FullScreen::enter() {
  if (std::exchange(entered_, true)) return;
  ::tcgetattr(STDIN_FILENO, &before_);
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // ISIG stays: Ctrl-C and Ctrl-Z are signals
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  write_all("\x1b[?1049h\x1b[?25l\x1b[2J");
  shown_.clear();
}

void FullScreen::leave() {
  if (!std::exchange(entered_, false)) return;
  write_all("\x1b[0m\x1b[?25h\x1b[?1049l");
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

void FullScreen::draw(const std::vector<std::string>& lines) {
  std::string out;
  if (shown_.empty()) out += "\x1b[2J";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < shown_.size() && shown_[i] == lines[i]) continue;
    out += "\x1b[" + std::to_string(i + 1) + ";1H" + lines[i] + "\x1b[0m\x1b[K";
  }
  if (lines.size() < shown_.size()) out += "\x1b[" + std::to_string(lines.size() + 1) + ";1H\x1b[J";
  shown_ = lines;
  if (!out.empty()) write_all(out);
}

}  // namespace tasker::cli
