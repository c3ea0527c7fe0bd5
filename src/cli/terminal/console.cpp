#include "cli/terminal/console.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "cli/terminal/text_width.hpp"

namespace tasker::cli {

namespace {

/// No error: all is written. The descriptor is shared with the shell and may be non-blocking by somebody
/// else's doing.
std::error_code write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd entry{fd, POLLOUT, 0};
      ::poll(&entry, 1, -1);
    } else if (errno != EINTR) {
      return {errno, std::generic_category()};
    }
  }
  return {};
}

}  // namespace

Console::Console(const CommonOptions& options)
    : options_(options),
      out_(stream_style(STDOUT_FILENO, options.no_color)),
      err_(stream_style(STDERR_FILENO, options.no_color)) {}

void Console::print(const std::string& text) const {
  if (const std::error_code error = write_all(STDOUT_FILENO, text)) throw NoReader{error};
}

void Console::say(const std::string& text) const { static_cast<void>(write_all(STDERR_FILENO, text)); }

void Console::warn(const std::string& message) const {
  if (!options_.quiet) say(warning(message) + "\n");
}

std::string Console::warning(const std::string& message) const {
  return err_.bold(err_.magenta("warning:")) + " " + one_line(message);
}

void Console::warn(const std::vector<Diagnostic>& warnings) const {
  for (const Diagnostic& warning : warnings) warn(warning.text());
}

}  // namespace tasker::cli
