#include "cli/terminal/terminal.hpp"

#include <doctest/doctest.h>

using namespace tasker::cli;

namespace {

StreamFacts terminal() {
  StreamFacts facts;
  facts.tty = true;
  facts.term = "xterm-256color";
  facts.locale = "en_US.UTF-8";
  facts.columns = 120;
  facts.lines = 40;
  return facts;
}

}  // namespace

TEST_CASE("a pipe gets no colour, no drawing and a width of its own") {
  StreamFacts facts = terminal();
  facts.tty = false;
  const Style style = style_from(facts);
  CHECK_FALSE(style.tty);
  CHECK_FALSE(style.color);
  CHECK(style.width == 100);
  CHECK(style.red("x") == "x");
}

TEST_CASE("NO_COLOR and --no-color take the colour and nothing else") {
  StreamFacts facts = terminal();
  facts.no_color = "1";
  CHECK_FALSE(style_from(facts).color);
  CHECK(style_from(facts).tty);
  facts = terminal();
  facts.no_color_flag = true;
  CHECK_FALSE(style_from(facts).color);
}

TEST_CASE("a terminal that can't move its cursor is written to like a file") {
  StreamFacts facts = terminal();
  facts.term = "dumb";
  CHECK_FALSE(style_from(facts).tty);
  facts.term = "";
  CHECK_FALSE(style_from(facts).tty);
}

TEST_CASE("glyphs are ASCII where the terminal's locale is not UTF-8") {
  StreamFacts facts = terminal();
  facts.locale = "C";
  CHECK(style_from(facts).glyph("✓", "ok") == "ok");
  facts.locale = "C.utf8";
  CHECK(style_from(facts).glyph("✓", "ok") == "✓");
}

TEST_CASE("a terminal's own size counts, an absurd one does not") {
  CHECK(style_from(terminal()).width == 120);
  StreamFacts facts = terminal();
  facts.columns = 3;
  CHECK(style_from(facts).width == 20);
  facts.columns = 0;
  CHECK(style_from(facts).width == 100);
}

TEST_CASE("colour wraps the text and ends itself") { CHECK(style_from(terminal()).red("x") == "\x1b[31mx\x1b[0m"); }
