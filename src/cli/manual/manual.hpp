#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tasker::cli {

/// One page of the manual: its file, e.g. `tasker-run-workflow.1`, and its text in man's macros.
struct ManualPage {
  std::string file;
  std::string text;
};

/// All pages of section 1, made from the table of commands: one for the program, one per command, and one line for each
/// other name of a command that leads to it. `date` is shown as it is, e.g. 2026-01-31. Pure.
std::vector<ManualPage> manual_pages(std::string_view version, std::string_view date);

/// Text as roff shows it: backslashes, dashes and dots at the beginning of a line stand for themselves. Pure.
std::string roff_text(std::string_view text);

}  // namespace tasker::cli
