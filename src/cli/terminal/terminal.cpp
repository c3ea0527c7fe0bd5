#include "cli/terminal/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace tasker::cli {

namespace {

constexpr int kWidthOfFiles = 100;
constexpr int kNarrowest = 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string locale_name() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (std::string value = variable(name); !value.empty()) return value;
  }
  return "";
}

bool names_utf8(std::string locale) {
  std::transform(locale.begin(), locale.end(), locale.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

}  // namespace

std::string Style::paint(std::string_view code, std::string_view text) const {
  if (!color || text.empty()) return std::string(text);
  std::string out = "\x1b[";
  out.append(code).append("m").append(text).append("\x1b[0m");
  return out;
}

Style style_from(const StreamFacts& facts) {
  const bool dumb = facts.term.empty() || facts.term == "dumb";
  Style style;
  style.tty = facts.tty && !dumb;
  style.color = style.tty && !facts.no_color_flag && facts.no_color.empty();
  // A file is read by who knows what, later, elsewhere: UTF-8. A terminal says what it can show.
  style.unicode = !facts.tty || names_utf8(facts.locale);
  style.width = facts.tty && facts.columns > 0 ? std::max(facts.columns, kNarrowest) : kWidthOfFiles;
  style.height = facts.lines > 0 ? facts.lines : 24;
  return style;
}

Style stream_style(int fd, bool no_color_flag) {
  StreamFacts facts;
  facts.tty = isatty(fd) == 1;
  facts.no_color_flag = no_color_flag;
  facts.no_color = variable("NO_COLOR");
  facts.term = variable("TERM");
  facts.locale = locale_name();
  winsize size{};
  if (facts.tty && ioctl(fd, TIOCGWINSZ, &size) == 0) {
    facts.columns = size.ws_col;
    facts.lines = size.ws_row;
  }
  return style_from(facts);
}

}  // namespace tasker::cli
