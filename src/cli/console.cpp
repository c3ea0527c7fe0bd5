#include "cli/console.hpp"

#include <unistd.h>

#include "cli/output_thread.hpp"
#include "cli/text_width.hpp"

namespace tasker::cli {

Console::Console(const CommonOptions& options)
    : options_(options),
      out_(stream_style(STDOUT_FILENO, options.no_color)),
      err_(stream_style(STDERR_FILENO, options.no_color)) {}

void Console::print(const std::string& text) const {
  if (!write_all(STDOUT_FILENO, text)) throw NoReader{};
}

void Console::say(const std::string& text) const { static_cast<void>(write_all(STDERR_FILENO, text)); }

void Console::warn(const std::string& message) const {
  if (!options_.quiet) say(err_.bold(err_.yellow("warning:")) + " " + one_line(message) + "\n");
}

void Console::warn(const std::vector<Diagnostic>& warnings) const {
  for (const Diagnostic& warning : warnings) warn(warning.text());
}

}  // namespace tasker::cli
