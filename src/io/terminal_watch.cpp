#include "io/terminal_watch.hpp"

#include <fcntl.h>

#include <csignal>

#include "io/unique_fd.hpp"

namespace tasker::io {

namespace {

bool has_terminal() { return static_cast<bool>(UniqueFd(::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC))); }

}  // namespace

bool is_ignored(int signal) {
  struct sigaction now {};
  return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

TerminalWatch::TerminalWatch() : had_one_(has_terminal()) {}

bool TerminalWatch::is_gone() const { return had_one_ && !has_terminal(); }

}  // namespace tasker::io
