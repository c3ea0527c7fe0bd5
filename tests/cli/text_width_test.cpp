#include "cli/terminal/text_width.hpp"

#include <doctest/doctest.h>

using namespace tasker::cli;

TEST_CASE("escape codes and control characters of a handler never reach the terminal") {
  CHECK(one_line("\x1b[31mred\x1b[0m") == "red");
  CHECK(one_line("\x1b]0;title\aafter") == "after");
  CHECK(one_line("\x1b]8;;http://x\x1b\\link") == "link");
  CHECK(one_line("cut short \x1b[") == "cut short");
  CHECK(one_line("bell\a, back\b, del\x7f") == "bell, back, del");
}

TEST_CASE("what has several lines is shown on one, without a tail of spaces") {
  CHECK(one_line("a\nb\tc\r\n") == "a b c");
}

TEST_CASE("controls beyond ASCII and marks that turn the text around never reach the terminal") {
  CHECK(one_line("a\u009b31mred") == "a31mred");
  CHECK(one_line("pay \u202etxt\u2066.exe\u200f") == "pay txt.exe");
  CHECK(one_line("one\u2028two\u0085three") == "one two three");
  CHECK(one_line("gr\u00fcn \u65e5\u672c \u00a0") == "gr\u00fcn \u65e5\u672c \u00a0");
}

TEST_CASE("bytes that are not UTF-8 are shown as replacement characters") {
  CHECK(one_line("a\xff"
                 "b") ==
        "a\xEF\xBF\xBD"
        "b");
}

TEST_CASE("columns are counted by characters, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("grün") == 4);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("🙂") == 2);
}

TEST_CASE("a text is cut where its column is, never inside a character") {
  CHECK(cut("grünlich", 5) == "grün…");
  CHECK(cut("日本語", 4) == "日…");
  CHECK(cut("fits", 4) == "fits");
  CHECK(cut("word word", 6) == "word…");
  CHECK(cut("abc", 1) == "a");
  CHECK(cut("abc", 0).empty());
  CHECK(cut("abcdef", 4, "~") == "abc~");
}

TEST_CASE("columns are filled up to exactly their width") {
  CHECK(fit_left("ü", 3) == "ü  ");
  CHECK(fit_right("12 ms", 7) == "  12 ms");
  CHECK(fit_left("too long", 4) == "too…");
}
