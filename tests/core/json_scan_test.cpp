#include "core/json_scan.hpp"

#include <nlohmann/json.hpp>

using namespace tasker;

namespace {

/// nlohmann's opinion; none where a number beyond a double stopped it: we keep its text, it has no value for it.
std::optional<bool> nlohmann_accepts(const std::string& text) {
  try {
    const auto ignored = nlohmann::json::parse(text);
    return true;
  } catch (const nlohmann::json::out_of_range&) {
    return std::nullopt;
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

std::string error_of(std::string_view text, JsonLimits limits = {}) {
  const auto error = check_json(text, limits);
  return error ? error->message + " @" + std::to_string(error->offset) : "";
}

}  // namespace

TEST_SUITE_BEGIN("json scan");

TEST_CASE("what is no JSON is refused with the place where it stops being JSON") {
  CHECK(error_of("") == "the text ends where a JSON value is expected @0");
  CHECK(error_of("[1,,2]") == "expected a JSON value @3");
  CHECK(error_of("[1,2") == "the text ends where ',' or ']' is expected @4");
  CHECK(error_of("{\"a\":1,}") == "expected a key in quotes @7");
  CHECK(error_of("{\"a\" 1}") == "expected ':' @5");
  CHECK(error_of("01") == "text after the JSON value @1");
  CHECK(error_of("1.") == "the text ends where a digit is expected @2");
  CHECK(error_of("NaN") == "expected a JSON value @0");
  CHECK(error_of("nul") == "expected a JSON value @0");
  CHECK(error_of("\"a\nb\"") == "a control character inside a string @2");
  CHECK(error_of("\"abc") == "a string without its closing quote @4");
  CHECK(error_of(R"("\x")") == "an unknown escape in a string @2");
}

TEST_CASE("lone surrogates and bytes that are not UTF-8 are refused") {
  CHECK(error_of(R"("\ud800")") == "a lone high surrogate in a string @7");
  CHECK(error_of(R"("\udc00")") == "a lone low surrogate in a string @7");
  CHECK(error_of(R"("\ud83d\ude00")").empty());
  CHECK(error_of("\"ab\xFF\"") == "bytes that are not UTF-8 @3");
  CHECK(error_of("\"\xED\xA0\x80\"") == "bytes that are not UTF-8 @1");
}

TEST_CASE("a value may be nested to the limit and no deeper, however deep it is") {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  CHECK(error_of(nested(100)).empty());
  CHECK(error_of(nested(101)) == "nested deeper than 100 levels @100");
  CHECK(error_of(std::string(200'000, '[')) == "nested deeper than 100 levels @100");
  CHECK(error_of(std::string(200'000, '['), {.max_depth = 1'000'000}) == "nested deeper than 1000 levels @1000");
}

TEST_CASE("a text over the limit of bytes is refused with both figures") {
  CHECK(error_of("\"0123456789\"", {.max_bytes = 8}) == "12 bytes, more than the limit of 8 @0");
}

TEST_CASE("members are slices of the text: digits, spacing and key order stay as written") {
  const auto members = JsonMembers::of(R"( {"z": 4738381338321616896, "a":[1 ,2], "f":124.75999999999999} )");
  REQUIRE(!members.error());
  REQUIRE(members.all().size() == 3);
  CHECK(members.all()[0].key == "z");
  CHECK(members.find("z") == "4738381338321616896");
  CHECK(members.find("a") == "[1 ,2]");
  CHECK(members.find("f") == "124.75999999999999");
  CHECK(!members.find("missing"));
}

TEST_CASE("a key that stands twice counts with its last value, also when it is written with escapes") {
  CHECK(JsonMembers::of(R"({"a":1,"a":2})").integer("a") == 2);
  CHECK(JsonMembers::of(R"({"id":1,"\u0069d":2})").integer("id") == 2);
}

TEST_CASE("typed look-ups answer nothing when the type does not fit") {
  const auto members = JsonMembers::of(R"({"s":"a\nb","i":-7,"big":36893488147419103232,"d":1.5,"t":true,"n":null})");
  CHECK(members.string("s") == "a\nb");
  CHECK(!members.string("i"));
  CHECK(members.integer("i") == -7);
  CHECK(!members.integer("big"));
  CHECK(!members.integer("d"));
  CHECK(members.number("d") == 1.5);
  CHECK(members.boolean("t") == true);
  CHECK(!members.string("n"));
  CHECK(members.json("n").is_null());
}

TEST_CASE("something else than an object has no members and says so") {
  CHECK(JsonMembers::of("[1]").error()->message == "expected an object");
  CHECK(JsonMembers::of("{").error()->message == "the text ends where a key in quotes is expected");
}

TEST_CASE("elements of an array are slices") {
  const auto elements = json_elements(R"([{"a":[1,2]}, "x,y" ,3])");
  REQUIRE(elements.size() == 3);
  CHECK(elements[0] == R"({"a":[1,2]})");
  CHECK(elements[1] == "\"x,y\"");
}

TEST_CASE("the scanner and nlohmann agree on what is JSON") {
  // Mutations of a document that holds every kind of token; lone surrogates are the one place where both refuse by
  // rule.
  const std::string seed = R"({"a":[1,-2.5e+10,true,false,null,"x\u00e9\ud83d\ude00\\"],"b":{"c":{}},"d":[]})";
  unsigned random = 12345;
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed;
    for (int edits = 0; edits < 1 + round % 3; ++edits) {
      random = random * 1664525u + 1013904223u;
      const std::size_t at = (random >> 8) % text.size();
      text[at] = static_cast<char>(R"({}[],:"\0123456789eE+-.tfnu x)"[(random >> 20) % 29]);
    }
    const bool ours = !check_json(text, {});
    accepted += ours;
    CAPTURE(text);
    if (const auto theirs = nlohmann_accepts(text)) REQUIRE(ours == *theirs);
  }
  CHECK(accepted > 100);
}

TEST_SUITE_END();
