#include "cli/text/pretty_json.hpp"

#include <doctest/doctest.h>

using tasker::cli::pretty_json;

TEST_CASE("numbers keep their digits, strings their brackets and escapes") {
  const std::string big =
      "[394020061963944792122790401001436138050797392704654466679482934042457217714972106114142662548849156408066279903"
      "06816, 1.10]";
  CHECK(pretty_json(big, 200) == big);
  CHECK(pretty_json(R"({"a\"}":"x,{[\\"})", 80) == R"({"a\"}": "x,{[\\"})");
}

TEST_CASE("what a terminal would obey is escaped, and nothing else") {
  CHECK(pretty_json("\"a\u009b31m \u202eb\u2028 gr\u00fcn \u65e5\"", 80) ==
        "\"a\\u009b31m \\u202eb\\u2028 gr\u00fcn \u65e5\"");
}

TEST_CASE("what fits stands on one line") {
  CHECK(pretty_json("{ \"a\" :1,\n\"b\":[ ],\"c\":{ }}", 80) == "{\"a\": 1, \"b\": [], \"c\": {}}");
  CHECK(pretty_json("\"text\"", 80) == "\"text\"");
}

TEST_CASE("what does not fit is indented") {
  CHECK(pretty_json("{\"a\":1,\"b\":[1,2],\"c\":[]}", 10, 2) ==
        "{\n"
        "    \"a\": 1,\n"
        "    \"b\": [\n"
        "      1,\n"
        "      2\n"
        "    ],\n"
        "    \"c\": []\n"
        "  }");
}
