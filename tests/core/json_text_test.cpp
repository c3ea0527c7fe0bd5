#include "tasker/json_text.hpp"

#include <nlohmann/json.hpp>

#include "core/json_writer.hpp"

using namespace tasker;

TEST_SUITE_BEGIN("json text");

TEST_CASE("a default JSON text is null") { CHECK(JsonText().text() == "null"); }

TEST_CASE("foreign text is kept as it is, without the space around it") {
  const auto parsed = JsonText::parse(" \n{\"b\": 1.0, \"a\": 4738381338321616896} \n");
  REQUIRE(std::holds_alternative<JsonText>(parsed));
  CHECK(std::get<JsonText>(parsed).text() == R"({"b": 1.0, "a": 4738381338321616896})");
  CHECK(std::get<JsonText>(parsed).is_object());
}

TEST_CASE("foreign text becomes one line, with the escapes in its strings kept") {
  const auto parsed = JsonText::parse("{\r\n  \"a\": \"x\\ny\",\n  \"b\": [1,\n2]\n}");
  REQUIRE(std::holds_alternative<JsonText>(parsed));
  CHECK(std::get<JsonText>(parsed).text() == R"({    "a": "x\ny",   "b": [1, 2] })");
}

TEST_CASE("text that is no JSON is an error value") {
  const auto parsed = JsonText::parse("{oops}");
  REQUIRE(std::holds_alternative<JsonError>(parsed));
  CHECK(std::get<JsonError>(parsed).message == "expected a key in quotes");
  CHECK(std::get<JsonError>(parsed).offset == 1);
}

TEST_CASE("the writer puts commas, escapes strings and splices JSON as it is") {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("text", "a\"b\\c\n\x01").field("n", 7).field("yes", true).key("list").begin_array();
  json.number(0.1).raw("124.75999999999999").null().begin_object().end_object().end_array();
  json.field("raw", JsonText::trusted("[1 ,2]")).field_or_null("none", "").end_object();
  CHECK(
      out ==
      R"({"text":"a\"b\\c\n\u0001","n":7,"yes":true,"list":[0.1,124.75999999999999,null,{}],"raw":[1 ,2],"none":null})");
}

TEST_CASE("each byte at each place of a word is written as nlohmann writes it") {
  for (std::size_t at = 0; at < 17; ++at) {
    for (int byte = 0; byte < 0x80; ++byte) {
      std::string text(17, 'a');
      text[at] = static_cast<char>(byte);
      std::string out;
      append_json_string(out, text);
      CHECK(nlohmann::json::parse(out) == nlohmann::json(text));
      CHECK((out.size() == text.size() + 2) == (byte >= 0x20 && byte != '"' && byte != '\\'));
    }
  }
  std::string umlaut;
  append_json_string(umlaut, "0123456\u00e4");
  CHECK(umlaut == "\"0123456\u00e4\"");
}

TEST_CASE("the writer never writes bytes that are not UTF-8, and has no NaN") {
  std::string out;
  JsonWriter json(out);
  json.begin_array()
      .string(
          "a\xFF"
          "b\xC3")
      .number(0.0 / 0.0)
      .end_array();
  CHECK(out ==
        "[\"a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD\",null]");
}

TEST_SUITE_END();
