#pragma once

#include <string>

#include "cli/terminal/terminal.hpp"
#include "tasker/runtime.hpp"

namespace tasker {
class JsonWriter;
}

namespace tasker::cli {

/// Everything a worker left behind that could not start, below the message: command, exit, place, backtrace, stderr,
/// slow files.
std::string boot_text(const BootReport& report, const Style& style);

/// `{argv, exit, file, line, backtrace, last_words, files[{file, ms}], memory_kb, advice}`
void write_boot(JsonWriter& json, const BootReport& report);

/// The fault as a place in a file, when there is one.
std::vector<Diagnostic> boot_details(const BootReport& report);

}  // namespace tasker::cli
