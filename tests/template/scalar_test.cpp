#include "template/scalar.hpp"

#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;

TEST_SUITE("template scalars") {
  TEST_CASE("plain scalars follow YAML 1.2's core schema and become the same JSON") {
    struct Row {
      std::string yaml, json;
    };
    const Row rows[] = {
        {"yes", "\"yes\""},
        {"no", "\"no\""},
        {"on", "\"on\""},
        {"off", "\"off\""},
        {"true", "true"},
        {"False", "false"},
        {"TRUE", "true"},
        {"tRue", "\"tRue\""},
        {"~", "null"},
        {"null", "null"},
        {"NULL", "null"},
        {"\"null\"", "\"null\""},
        {"'5'", "\"5\""},
        {"\"true\"", "\"true\""},
        {"0o17", "15"},
        {"0x1F", "31"},
        {"010", "10"},
        {"+5", "5"},
        {"-0", "-0"},
        {"1_000", "\"1_000\""},
        {"0x", "\"0x\""},
        {"0b1", "\"0b1\""},
        {"1:30", "\"1:30\""},
        {"2026-01-31", "\"2026-01-31\""},
        {".5", "0.5"},
        {"5.", "5.0"},
        {"-.5e3", "-0.5e3"},
        {"1e3", "1e3"},
        {"1E+3", "1E+3"},
        {"+1.50", "1.50"},
        {"00.25", "0.25"},
        {".", "\".\""},
        {"1e", "\"1e\""},
        {"e3", "\"e3\""},
        {"-", "\"-\""},
        {"1.2.3", "\"1.2.3\""},
        {"124.75999999999999", "124.75999999999999"},
        {":name", "\"name\""},
        {":memory:", "\":memory:\""},
        {"4611686018427387904611686018427387904", "4611686018427387904611686018427387904"},
        {"0xFFFFFFFFFFFFFFFFFFFF", "1208925819614629174706175"},
    };
    for (const Row& row : rows) {
      if (row.yaml == "-" || row.yaml == ":memory:") continue;  // not plain inside braces
      CAPTURE(row.yaml);
      CHECK(as_json(row.yaml) == row.json);
    }
    CHECK(plain_scalar_kind(":memory:") == NodeKind::Text);
    CHECK(plain_scalar_kind("-") == NodeKind::Text);
  }

  TEST_CASE("infinity and NaN have no JSON and say so") {
    CHECK(as_json(".inf") == "JSON has no number .inf; quote it to pass it as a text");
    CHECK(as_json("-.Inf") == "JSON has no number -.Inf; quote it to pass it as a text");
    CHECK(as_json(".nan") == "JSON has no number .nan; quote it to pass it as a text");
    CHECK(as_json("'.nan'") == "\".nan\"");
  }

  TEST_CASE("a text of many hexadecimal digits is an identifier, not a sum") {
    CHECK(plain_scalar_kind("0x" + std::string(64, 'f')) == NodeKind::Integer);
    CHECK(plain_scalar_kind("0x" + std::string(65, 'f')) == NodeKind::Text);
  }

  TEST_CASE("Ruby symbols are their names; a text with colons is no symbol") {
    CHECK(symbol_name(":name") == "name");
    CHECK(symbol_name(":\"two words\"") == "two words");
    CHECK(symbol_name(":ready?") == "ready?");
    for (const char* text : {"name", ":", ":1", ":memory:", "::A", ":a-b", ": a", ":?"}) {
      CAPTURE(text);
      CHECK_FALSE(symbol_name(text).has_value());
    }
  }
}
