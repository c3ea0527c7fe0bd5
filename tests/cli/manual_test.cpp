#include "cli/manual/manual.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "cli/command_error.hpp"
#include "cli/command_line.hpp"
#include "cli/help.hpp"

using namespace tasker::cli;

namespace {

/// The words of the first call of tasker in a line of shell; quotes are obeyed, what they hold is kept.
std::vector<std::string> words_of(std::string_view line) {
  const std::size_t at = line.find("tasker ");
  REQUIRE(at != std::string_view::npos);
  line.remove_prefix(at + 7);
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : std::string(line) + " ") {
    if (quote == 0 && (c == '|' || c == '>' || c == ')')) break;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote == 0 && c == ' ') {
      if (!word.empty()) words.push_back(word);
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

}  // namespace

TEST_CASE("every command has a summary and an example, and every example is a command line that is understood") {
  for (const CommandSpec& command : command_table()) {
    CAPTURE(command.name);
    CHECK_FALSE(command.summary.empty());
    CHECK_FALSE(command.examples.empty());
    for (const std::string_view example : command.examples) {
      CAPTURE(example);
      REQUIRE_NOTHROW(parse_command_line(words_of(example)));
      CHECK(parse_command_line(words_of(example)).command == &command);
    }
    CHECK(command_help(command, Style{}).find("Examples") != std::string::npos);
  }
}

TEST_CASE("manual: what roff would obey stands for itself") {
  CHECK(roff_text(".tasker") == "\\&.tasker");
  CHECK(roff_text("a\n'b") == "a\n\\&\\(aqb");
  CHECK(roff_text("C:\\x --flag") == "C:\\ex \\-\\-flag");
  CHECK(roff_text("") == "");
}

TEST_CASE("manual: there is a page for each command, and a way from its other name") {
  const auto pages = manual_pages("1.2.3", "2026-01-31");
  std::set<std::string> files;
  for (const ManualPage& page : pages) CHECK(files.insert(page.file).second);
  for (const CommandSpec& command : command_table()) {
    std::string file = "tasker-" + std::string(command.name) + ".1";
    std::replace(file.begin(), file.end(), ' ', '-');
    CHECK(files.contains(file));
  }
  const auto run = std::find_if(pages.begin(), pages.end(), [](const auto& p) { return p.file == "tasker-run.1"; });
  REQUIRE(run != pages.end());
  CHECK(run->text == ".so man1/tasker-run-workflow.1\n");
  const auto list =
      std::find_if(pages.begin(), pages.end(), [](const auto& p) { return p.file == "tasker-task-ls.1"; });
  CHECK(list != pages.end());
}

TEST_CASE("manual: the program's page tells commands, exit codes and the version") {
  const std::string page = manual_pages("1.2.3", "2026-01-31").front().text;
  CHECK(page.starts_with(".TH TASKER 1 \"2026-01-31\" \"tasker 1.2.3\""));
  CHECK(page.find("\\fB141\\fR") != std::string::npos);
  CHECK(page.find("tasker\\-run\\-workflow\\fR(1)") != std::string::npos);
}
