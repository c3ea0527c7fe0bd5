#pragma once

#include <string>
#include <system_error>
#include <vector>

#include "cli/options.hpp"
#include "cli/terminal/terminal.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

/// The two streams of a command and how they are dressed. Data goes to stdout, everything else to stderr.
class Console {
 public:
  explicit Console(const CommonOptions& options);

  const CommonOptions& options() const { return options_; }
  const Style& out() const { return out_; }
  const Style& err() const { return err_; }
  bool is_text() const { return options_.output == OutputFormat::Text; }

  /// Writes to stdout. Throws NoReader when nobody reads it any more.
  void print(const std::string& text) const;
  /// Writes to stderr, as well as it can be.
  void say(const std::string& text) const;
  /// `warning: ...` on stderr, unless --quiet.
  void warn(const std::string& message) const;
  /// The line alone, without its end, for what writes stderr itself.
  std::string warning(const std::string& message) const;
  void warn(const std::vector<Diagnostic>& warnings) const;

 private:
  CommonOptions options_;
  Style out_;
  Style err_;
};

/// stdout can't be written to its end: its reader is gone, as `head` goes, or there is no room.
struct NoReader {
  std::error_code error;
};

}  // namespace tasker::cli
