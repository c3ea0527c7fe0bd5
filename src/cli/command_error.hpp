#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/terminal/terminal.hpp"
#include "tasker/runtime.hpp"
#include "tasker/template_loader.hpp"

namespace tasker::cli {

/// Kinds of command errors, as `error.kind` names them.
namespace kind {
inline constexpr std::string_view usage = "usage";
inline constexpr std::string_view template_invalid = "template_invalid";
inline constexpr std::string_view input_invalid = "input_invalid";
inline constexpr std::string_view not_found = "not_found";
inline constexpr std::string_view store_unavailable = "store_unavailable";
inline constexpr std::string_view workers_failed = "workers_failed";
inline constexpr std::string_view duplicate_key = "duplicate_key";
inline constexpr std::string_view cancelled = "cancelled";
inline constexpr std::string_view interrupted = "interrupted";
inline constexpr std::string_view bug = "bug";
}  // namespace kind

/// Why a command could not do what was asked. Thrown by commands, printed once by `cli::main`: as text on stderr, or as
/// the JSON error object on stdout.
class CommandError : public std::runtime_error {
 public:
  CommandError(ExitCode code, std::string_view kind, const std::string& message, std::vector<Diagnostic> details = {})
      : std::runtime_error(message), code_(code), kind_(kind), details_(std::move(details)) {}

  ExitCode code() const { return code_; }
  const std::string& kind() const { return kind_; }
  std::string message() const { return what(); }
  const std::vector<Diagnostic>& details() const { return details_; }
  const std::optional<BootReport>& boot() const { return boot_; }
  const std::string& hint() const { return hint_; }

  /// What the workers said while they failed to start.
  CommandError& with_boot(BootReport boot) {
    boot_ = std::move(boot);
    return *this;
  }
  /// A last line for people, e.g. which help to read.
  CommandError& with_hint(std::string hint) {
    hint_ = std::move(hint);
    return *this;
  }

 private:
  ExitCode code_;
  std::string kind_;
  std::vector<Diagnostic> details_;
  std::optional<BootReport> boot_;
  std::string hint_;
};

CommandError usage_error(const std::string& message);
/// Template, input or handlers that can't be used: exit code 3.
CommandError invalid(std::string_view kind, const std::string& message, std::vector<Diagnostic> details = {});

/// `error: ...` lines for a terminal or a log, ended by a newline.
std::string error_text(const CommandError& error, const Style& style);

/// `{"status":"error","exit_code":...,"error":{...}}` and a newline. As a `task.result` event where events are written.
std::string error_json(const CommandError& error, bool as_event);

}  // namespace tasker::cli
