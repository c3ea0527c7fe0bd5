#include "template/input_schema.hpp"

#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;

namespace {

Lines check(const std::string& schema, const std::string& input) {
  TaskTemplate task_template;
  task_template.input_schema = JsonText::trusted(schema);
  return check_input(task_template, JsonText::trusted(input));
}

std::string problem(const std::string& schema) {
  const std::string lead = "this is no usable JSON Schema: ";
  const auto found = schema_problem(JsonText::trusted(schema));
  if (!found) return "";
  REQUIRE(found->starts_with(lead));
  return found->substr(lead.size());
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_SUITE("input schema") {
  TEST_CASE("a schema that cannot be used says why and aborts nothing") {
    CHECK(problem(R"({"$ref": "#"})") == "a schema refers to itself for the same value, which never ends");
    CHECK(
        problem(
            R"({"definitions": {"a": {"allOf": [{"$ref": "#/definitions/b"}]}, "b": {"not": {"$ref": "#/definitions/a"}}}})") ==
        "a schema refers to itself for the same value, which never ends");
    CHECK(problem(R"({"$ref": "https://example.com/s.json"})") ==
          "the reference \"https://example.com/s.json\" leads out of the schema; only \"#/...\" is supported");
    CHECK(problem(R"({"properties": {"a": {"$ref": "#/definitions/none"}}})") ==
          "the reference \"#/definitions/none\" points nowhere");
    CHECK(problem(R"({"$ref": 5})") == "\"$ref\" must be a text");
    CHECK(problem(R"({"pattern": "a(?=b)c"})") ==
          "the pattern \"a(?=b)c\" looks ahead or behind, which is not supported");
    CHECK(problem(R"({"patternProperties": {"(?<!a)b": {}}})") ==
          "the pattern \"(?<!a)b\" looks ahead or behind, which is not supported");
    CHECK(problem(R"({"pattern": "("})") == "the pattern \"(\" cannot be used: missing ): (");
    CHECK(problem(R"({"pattern": 5})") == "\"pattern\" must be a text");
    CHECK(problem(R"({"patternProperties": 5})") == "\"patternProperties\" must be a mapping");
    CHECK(problem(R"({"type": "nmber"})") == "Unrecognised JSON type name 'nmber'");
    for (const std::string schema : {R"({"required": true})", R"({"properties": [1]})", R"({"items": 3})",
                                     R"({"minimum": "a"})", R"({"enum": 1})", R"({"maxLength": "x"})"}) {
      CAPTURE(schema);
      CHECK(problem(schema) != "");
    }
  }

  TEST_CASE("a long chain of references is refused before it can exhaust the stack") {
    std::string schema = R"({"$ref": "#/definitions/d0", "definitions": {)";
    for (int i = 0; i < 5'000; ++i) {
      schema +=
          "\"d" + std::to_string(i) + R"(": {"allOf": [{"$ref": "#/definitions/d)" + std::to_string(i + 1) + "\"}]}, ";
    }
    CHECK(problem(schema + R"("d5000": {}}})") == "its references have more than 200 targets");
    CHECK(problem(R"({"properties": {"a": )" + repeat(R"({"allOf": [)", 1) +
                  repeat(R"({"$ref": "#/definitions/d"}, )", 1'000) + R"({}]}}, "definitions": {"d": {}}})") == "");
  }

  TEST_CASE("an enforced schema that is bad refuses the template, one for reference warns") {
    const std::string head = "name: t\nsteps: [{name: a, handler: A}]\n";
    CHECK(errors(head + "schema: {type: nmber}\n") ==
          Lines{"w.yaml:3:9: schema: this is no usable JSON Schema: Unrecognised JSON type name 'nmber'"});
    const Lines told{"w.yaml:3:15: input_schema: this is no usable JSON Schema: Unrecognised JSON type name 'nmber'"};
    CHECK(warnings(head + "input_schema: {type: nmber}\n") == told);
    LoadOptions strict;
    strict.strict = true;
    CHECK(errors(head + "input_schema: {type: nmber}\n", strict) == told);
    CHECK(errors(head + "input_schema: text\n") == Lines{"w.yaml:3:15: input_schema must be a mapping, not \"text\""});
  }

  TEST_CASE("each mismatch is one sentence with path, rule and value") {
    struct Row {
      std::string schema, input, sentence;
    };
    const Row rows[] = {
        {R"({"type": "object"})", "[]", "/: must be of type object, not a list"},
        {R"({"required": ["x"]})", "{}", "/: the property \"x\" is missing"},
        {R"({"properties": {"a": {"type": "number"}}})", R"({"a": "12"})", "/a: must be of type number, not \"12\""},
        {R"({"properties": {"a": {"type": ["string", "null"]}}})", R"({"a": {}})",
         "/a: must be of type string or null, not an object"},
        {R"({"properties": {"a": {"type": "integer"}}})", R"({"a": 1.5})", "/a: must be of type integer, not 1.5"},
        {R"({"properties": {"a": {"enum": ["x", 2]}}})", R"({"a": "y"})", "/a: must be one of \"x\", 2, not \"y\""},
        {R"({"properties": {"a": {"const": "x"}}})", R"({"a": "y"})", "/a: must be x, not \"y\""},
        {R"({"properties": {"a": {"minimum": 1}}})", R"({"a": -5})", "/a: must be at least 1, not -5"},
        {R"({"properties": {"a": {"maximum": 1.5}}})", R"({"a": 2})", "/a: must be at most 1.5, not 2"},
        {R"({"properties": {"a": {"exclusiveMinimum": 0}}})", R"({"a": 0})", "/a: must be greater than 0, not 0"},
        {R"({"properties": {"a": {"minimum": 0, "exclusiveMinimum": true}}})", R"({"a": 0})",
         "/a: must be greater than 0, not 0"},
        {R"({"properties": {"a": {"multipleOf": 2}}})", R"({"a": 3})", "/a: must be a multiple of 2, not 3"},
        {R"({"properties": {"a": {"maxLength": 2}}})", R"({"a": "abc"})",
         "/a: must be no more than 2 characters in length, not \"abc\""},
        {R"({"properties": {"a": {"minItems": 1}}})", R"({"a": []})", "/a: must hold no fewer than 1 elements"},
        {R"({"properties": {"a": {"uniqueItems": true}}})", R"({"a": [1, 1]})",
         "/a: must not hold the same item twice"},
        {R"({"properties": {"a": {"pattern": "^[a-z]+$"}}})", R"({"a": "A1"})",
         "/a: must match the pattern ^[a-z]+$, not \"A1\""},
        {R"({"properties": {"a": {"format": "date"}}})", R"({"a": "today"})",
         "/a: must be a date such as 2026-01-31, not \"today\""},
        {R"({"properties": {"a": {"format": "date-time"}}})", R"({"a": "2026-13-01T00:00:00Z"})",
         "/a: must be a moment such as 2026-01-31T12:00:00Z, not \"2026-13-01T00:00:00Z\""},
        {R"({"properties": {"amount": {}}, "additionalProperties": false})", R"({"amout": 1})",
         "/: the property \"amout\" is not allowed; did you mean \"amount\"?"},
        {R"({"additionalProperties": {"type": "string"}})", R"({"a": 1})", "/a: must be of type string, not 1"},
        {R"({"patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": false})", R"({"x-a": "b"})",
         "/x-a: must be of another type, not \"b\""},
        {R"({"properties": {"a": false}})", R"({"a": 1})", "/a: is not allowed"},
        {R"({"propertyNames": {"pattern": "^[a-z]+$"}, "properties": {"p": {"propertyNames": {"maxLength": 1}}}})",
         R"({"p": {"long": 1}})", "/p: has a key that does not fit \"propertyNames\""},
        {R"({"properties": {"i": {"items": {"$ref": "#/definitions/i"}}}, "definitions": {"i": {"type": "integer"}}})",
         R"({"i": [1, "2"]})", "/i/1: must be of type integer, not \"2\""},
        {R"({"properties": {"i": {"items": [{"type": "string"}]}}})", R"({"i": [1]})",
         "/i/0: must be of type string, not 1"},
        {R"({"properties": {"a/b~": {"type": "integer"}}})", R"({"a/b~": "x"})",
         "/a~1b~0: must be of type integer, not \"x\""},
        {R"({"not": {"required": ["a"]}})", R"({"a": 1})", "/: must not fit the schema under \"not\""},
        {R"({"dependencies": {"a": ["b"]}})", R"({"a": 1})",
         "/: the property \"b\" is missing beside another that needs it"},
        {R"({"properties": {"a": {"contains": {"type": "integer"}}}})", R"({"a": ["x"]})",
         "/a: must hold an item that fits \"contains\""},
    };
    for (const Row& row : rows) {
      CAPTURE(row.schema);
      CHECK(check(row.schema, row.input) == Lines{row.sentence});
    }
  }

  TEST_CASE("several mismatches are all told, each once") {
    CHECK(check(R"({"type": "object", "required": ["id", "name"],
                    "properties": {"id": {"type": "integer"}, "items": {"items": {"required": ["q"]}}}})",
                R"({"id": "x", "items": [{}, {"q": 1}, {}]})") ==
          Lines{"/id: must be of type integer, not \"x\"", "/items/0: the property \"q\" is missing",
                "/items/2: the property \"q\" is missing", "/: the property \"name\" is missing"});
  }

  TEST_CASE("values that fit say nothing, and without a schema everything fits") {
    CHECK(check("null", R"({"a": 1})") == Lines{});
    CHECK(check("{}", "[]") == Lines{});
    CHECK(check(R"({"patternProperties": {"^x-": {"type": "integer"}}, "additionalProperties": false})",
                R"({"x-a": 1})") == Lines{});
    CHECK(check(R"({"properties": {"a": {"pattern": "^\\u00e9\\d{2}\\/(?<n>x)$", "format": "email"}}})",
                "{\"a\": \"\xC3\xA9"
                "42/x\"}") == Lines{});
    CHECK(check(R"({"properties": {"pattern": {"type": "string"}, "format": {"type": "integer"}}})",
                R"({"pattern": "(", "format": 1})") == Lines{});
    CHECK(check(R"({"properties": {"next": {"$ref": "#"}}, "type": "object"})", R"({"next": {"next": {}}})") ==
          Lines{});
    CHECK(check(R"({"properties": {"n": {"type": "integer"}}})", R"({"n": 4611686018427387904611686018427387904})")
              .size() <= 1);
  }

  TEST_CASE("a pattern and a property that match the same key both count") {
    const std::string schema =
        R"({"properties": {"x-a": {"maximum": 5}}, "patternProperties": {"^x": {"minimum": 1}, "a$": {"type": "integer"}}})";
    CHECK(check(schema, R"({"x-a": 3})") == Lines{});
    CHECK(check(schema, R"({"x-a": 0})").size() == 1);
    CHECK(check(schema, R"({"x-a": 9})").size() == 1);
    CHECK(check(schema, R"({"x-a": 1.5})").size() == 1);
  }

  TEST_CASE("texts that crash or stall std::regex are checked at once") {
    const std::string schema = R"({"properties": {"a": {"pattern": "^(a+)+$"}, "d": {"format": "date-time"}}})";
    CHECK(check(schema, "{\"a\": \"" + std::string(300'000, 'a') + "\"}") == Lines{});
    CHECK(check(schema, "{\"a\": \"" + std::string(300'000, 'a') + "!\"}").size() == 1);
    CHECK(check(schema, "{\"d\": \"2026-01-31T12:00:00." + std::string(300'000, '1') + "Z\"}") == Lines{});
  }

  TEST_CASE("input of the greatest allowed depth is checked") {
    const std::string deep = repeat("{\"next\":", 99) + "1" + repeat("}", 99);
    CHECK(check(R"({"properties": {"next": {"$ref": "#"}}, "type": ["object", "integer"]})", deep) == Lines{});
    CHECK(check(R"({"properties": {"next": {"$ref": "#"}}, "type": "object"})", deep) ==
          Lines{repeat("/next", 99) + ": must be of type object, not 1"});
  }
}
