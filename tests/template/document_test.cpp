#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;

namespace {

/// The one error of a text, without the file's name.
std::string only_error(std::string_view text, const LoadOptions& options = {}) {
  const Lines found = errors(text, options);
  REQUIRE(found.size() == 1);
  return found[0].substr(std::string("w.yaml").size() + 1);
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_SUITE("template document") {
  TEST_CASE("what is no YAML is refused with its place and in plain words") {
    struct Row {
      std::string_view text, error;
    };
    const Row rows[] = {
        {"", " the file is empty"},
        {"# a comment\n\n", " the file holds no values, only comments or blank lines"},
        {"name: x\n\tsteps: 1\n", "2:1: a tab indents this line; YAML indents with spaces"},
        {"name: \"x\nsteps: []\n", "1:7: the quoted text that begins here is never closed"},
        {"name: 'it''s\n", "1:7: the quoted text that begins here is never closed"},
        {"name: x\nsteps\n", "2:1: this line has no \":\"; among keys every line is `key: value`"},
        {"name: a: b\n", "1:8: a \":\" is not expected here; quote the text, or mend the indentation"},
        {"steps: [1, 2\n", "1:8: this \"[\" is never closed"},
        {"{\"name\": \"x\" \"steps\": []}",
         "1:14: the \"{\" of line 1, column 1 is not closed, or a comma is missing before this"},
        {"name: {", "1:7: this \"{\" is never closed"},
        {"a: [1, 2\nb: 3\n", "2:2: the \"[\" of line 1, column 4 is not closed, or a comma is missing before this"},
        {"a:\n  b: 2\n c: 1\n", "3:2: the indentation of this line fits no mapping above it"},
        {"name: @x\n", "1:7: a text cannot begin with this character unless it is quoted"},
        {"name: *x\n", "1:7: this alias names no anchor that stands before it"},
        {"a: &x [1, *x]\n", "1:11: this alias stands inside the value it names"},
        {"name: x\n---\nname: y\n", "2:1: a second document begins here; a template is one document"},
        {"- a\nname: x\n", "2:1: the template has ended before this; mind the indentation"},
        {"? [a, b]\n: c\n", "1:3: a key must be a text, not a list or a mapping (or a bracket is never closed)"},
        {"~: c\n", "1:1: a key must be a text, not nothing"},
        {"name: \"\\q\"\n", "1:10: unknown escape character: q"},
        {"name: \"\\ud83d\"\n", "1:14: this escape is no character (half of a surrogate pair, or too large)"},
        {"name: a\xFFz\n", "1:8: byte 0xFF is not UTF-8; write the file as UTF-8"},
        {std::string_view("name: a\nb: \0\n", 13), "2:4: a NUL byte stands here; a template is a text file in UTF-8"},
        {"\xFF\xFEn", "1:1: the file is UTF-16; write it as UTF-8"},
        {"- a\n", "1:1: a template must be a mapping, not a list"},
        {"just words\n", "1:1: a template must be a mapping, not \"just words\""},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      CHECK(only_error(row.text) == row.error);
    }
  }

  TEST_CASE("a duplicate key is an error that names both places, in YAML as in JSON") {
    CHECK(errors("name: a\nname: b\nsteps: [{name: a, handler: A}]\n") ==
          Lines{"w.yaml:2:1: duplicate key \"name\": it stands at line 1, column 1 already"});
    CHECK(errors(R"({"name": "a", "steps": [{"name": "a", "handler": "A", "name": "b"}]})") ==
          Lines{"w.yaml:1:55: duplicate key \"name\": it stands at line 1, column 26 already"});
  }

  TEST_CASE("a duplicate is found among many keys, and under its Ruby spelling") {
    std::string many = "metadata:\n";
    for (int i = 0; i < 40; ++i) many += "  k" + std::to_string(i) + ": 1\n";
    CHECK(errors("name: t\nsteps: [{name: a, handler: A}]\n" + many + "  :k7: 2\n") ==
          Lines{"w.yaml:44:3: duplicate key \"k7\": it stands at line 11, column 3 already"});
  }

  TEST_CASE("tags are refused wherever they stand") {
    CHECK(errors(with_step("    description: !ruby/object:X y\n    metadata: !!map {}\n")) ==
          Lines{"w.yaml:5:18: tags are refused (\"!ruby/object:X\"); write the value without it",
                "w.yaml:6:15: tags are refused (\"tag:yaml.org,2002:map\"); write the value without it"});
  }

  TEST_CASE("200,000 nested brackets, in every notation, are an error and no crash") {
    CHECK(only_error(repeat("[", 200'000)) == "1:50001: nested more than 64 levels deep");
    CHECK(only_error("a: " + repeat("{a: ", 200'000)) == "1:200004: nested more than 64 levels deep");
    CHECK(only_error(repeat("- ", 200'000)) == "1:129: nested more than 64 levels deep");
    CHECK(only_error(repeat("[", 10'000)).ends_with("(or a bracket is never closed)"));
    CHECK(only_error("a: " + repeat("[", 1'000) + repeat("]", 1'000)) == "1:67: nested more than 64 levels deep");
    CHECK(only_error(repeat("? ", 200'000)).find("a key must be a text") != std::string::npos);
  }

  TEST_CASE("the depth that is allowed is a setting") {
    LoadOptions shallow;
    shallow.limits.max_depth = 4;
    CHECK(only_error("name: t\nmetadata: {a: {b: {c: {}}}}\n", shallow) == "2:23: nested more than 4 levels deep");
    CHECK(only_error("name: &n [[x]]\nmetadata: {a: {b: *n}}\n", shallow) == "2:19: nested more than 4 levels deep");
  }

  TEST_CASE("an alias bomb is refused by what it would expand to, in values and in bytes") {
    std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'k'; ++c) {
      const std::string before = std::string("*") + static_cast<char>(c - 1);
      laughs += std::string(1, c) + ": &" + c + " [" + before;
      for (int i = 0; i < 9; ++i) laughs += ", " + before;
      laughs += "]\n";
    }
    CHECK(only_error(laughs) == "5:36: aliases expand to more than 100000 values");
    const std::string long_text = "a: &a " + std::string(1 << 20, 'x') + "\nb: [" + repeat("*a, ", 9) + "]\n";
    CHECK(only_error(long_text) == "2:37: aliases expand to more than 8 MiB");
  }

  TEST_CASE("anchors, aliases and merge keys share values; a mapping's own keys win") {
    const auto task_template = loaded(R"(name: t
metadata:
  base: &base {a: 1, b: 2}
  other: &other {b: 3, c: 4}
  one: {<<: *base, b: 9}
  two: {b: 8, <<: [*base, *other], d: *base}
  text: {"<<": 1}
steps: [{name: a, handler: A}]
)");
    CHECK(
        task_template->metadata.text() ==
        R"({"base":{"a":1,"b":2},"other":{"b":3,"c":4},"one":{"a":1,"b":9},"two":{"b":8,"a":1,"c":4,"d":{"a":1,"b":2}},"text":{"<<":1}})");
    CHECK(errors("name: t\nmetadata: {<<: 5}\nsteps: [{name: a, handler: A}]\n") ==
          Lines{"w.yaml:2:12: \"<<\" merges a mapping or a list of mappings, not 5"});
  }

  TEST_CASE("a byte order mark and Windows line ends do no harm") {
    const auto task_template = loaded("\xEF\xBB\xBFname: t\r\nsteps:\r\n  - name: a\r\n    handler: A\r\n");
    CHECK(task_template->name == "t");
    CHECK(task_template->steps[0].position == SourcePosition{3, 5});
  }

  TEST_CASE("JSON's escapes mean what they mean in JSON, surrogate pairs included") {
    const auto task_template = loaded(
        R"({"name": "a\ud83d\ude00\/\u00e9\t", "metadata": {"\uD83D\uDE00": "\\ud83d\\ude00"}, "steps": [{"name": "a", "handler": "A"}], "zz": 1})");
    CHECK(task_template->name == "a\xF0\x9F\x98\x80/\xC3\xA9\t");
    CHECK(task_template->metadata.text() == "{\"\xF0\x9F\x98\x80\":\"\\\\ud83d\\\\ude00\"}");
  }

  TEST_CASE("outside double quotes a surrogate escape is text, as it was written") {
    const auto task_template = loaded(
        "name: '\\uD83d\\uDE00'\ndescription: &d \"\\ud83d\\ude00\"\nmetadata:\n  p: \\ud83d\\ude00\n  b: |\n    "
        "\\uD83D\\ude00\nsteps: [{name: a, handler: A}]\n");
    CHECK(task_template->name == "\\uD83d\\uDE00");
    CHECK(task_template->description == "\xF0\x9F\x98\x80");
    CHECK(task_template->metadata.text() == R"({"p":"\\ud83d\\ude00","b":"\\uD83D\\ude00\n"})");
  }

  TEST_CASE("positions after a surrogate pair are right") {
    CHECK(warnings(R"({"name": "\ud83d\ude00", "steps": [{"name": "a", "handler": "A"}], "zz": 1})") ==
          Lines{"w.yaml:1:68: unknown key \"zz\""});
  }
}
