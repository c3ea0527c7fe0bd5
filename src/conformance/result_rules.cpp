#include <charconv>
#include <cmath>

#include "conformance/script.hpp"
#include "core/json_scan.hpp"

namespace tasker::conformance {

namespace {

/// The member is this text, digit by digit.
TextCheck digits(std::string key, std::string text) {
  return [key = std::move(key), text = std::move(text)](std::string_view results) -> Problem {
    const JsonMembers members = JsonMembers::of_checked(results);
    const auto value = members.find(key);
    if (value == std::string_view(text)) return std::nullopt;
    return "\"" + key + "\" came back as " + excerpt(value.value_or("(missing)"), 60) + " instead of " +
           excerpt(text, 60);
  };
}

/// The member is the same double, sign of zero included.
TextCheck same_double(std::string key, double wanted) {
  return [key = std::move(key), wanted](std::string_view results) -> Problem {
    const JsonMembers members = JsonMembers::of_checked(results);
    const auto text = members.find(key).value_or("(missing)");
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec == std::errc() && value == wanted && std::signbit(value) == std::signbit(wanted)) return std::nullopt;
    return "\"" + key + "\" came back as " + excerpt(text, 60);
  };
}

Problem keys_in_order(std::string_view results) {
  std::string order;
  const JsonMembers members = JsonMembers::of_checked(results);
  for (const auto& member : members.all()) order += std::string(member.key) + " ";
  if (order == "z a m ") return std::nullopt;
  return "the keys came back as " + order + "instead of z a m";
}

std::string power_of_ten(int exponent) { return "1" + std::string(static_cast<std::size_t>(exponent), '0'); }

std::string nested(int levels) {
  return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
}

}  // namespace

std::vector<Rule> result_rules() {
  return {
      {"R1", Level::Mandatory, "integers keep their digits, whatever their size", "conformance.echo", "",
       [](const Subject& s) {
         const std::string six = "6334028666297327706216303442944";  // 6**39
         return Script(s)
             .hello()
             .step("conformance.echo",
                   "{\"six\":" + six + ",\"long\":" + power_of_ten(400) + ",\"edge\":-9223372036854775809}")
             .results(
                 all({digits("six", six), digits("long", power_of_ten(400)), digits("edge", "-9223372036854775809")}))
             .moves();
       }},
      {"R2", Level::Mandatory, "floats come back as the same number, sign of zero included", "conformance.echo", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.echo",
                   R"({"price":124.75999999999999,"zero":-0.0,"small":5e-324,"sum":0.30000000000000004})")
             .results(all({same_double("price", 124.75999999999999), same_double("zero", -0.0),
                           same_double("small", 5e-324), same_double("sum", 0.30000000000000004)}))
             .moves();
       }},
      {"R3", Level::Mandatory, "text comes back as it was: escapes, U+0000, beyond the basic plane", "conformance.echo",
       "",
       [](const Subject& s) {
         const std::string text = "{\"t\":\"a\\\"\\\\\\u0000\\n\\u2028 \xC3\xA9 \xF0\x9F\x98\x80 \\ud83d\\ude00\"}";
         return Script(s).hello().step("conformance.echo", text).results_are(text).moves();
       }},
      {"R4", Level::Mandatory, "an object's keys keep their order", "conformance.echo", "",
       [](const Subject& s) {
         return Script(s).hello().step("conformance.echo", R"({"z":1,"a":2,"m":3})").results(keys_in_order).moves();
       }},
      {"R5", Level::Mandatory, "a value nested to the limit passes", "conformance.echo", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.echo", "{\"d\":" + nested(99) + "}")
             .results_are("{\"d\":" + nested(99) + "}")
             .moves();
       }},
      {"R6", Level::Mandatory, "a result that does not fit into a line is answered with -32004", "conformance.large",
       "",
       [](const Subject& s) {
         return Script(s)
             .hello(R"("max_line_bytes":65536,"max_depth":100)")
             .step("conformance.large", R"({"bytes":1000})")
             .results([](std::string_view results) -> Problem {
               if (results.size() == 1002) return std::nullopt;
               return "the result has " + std::to_string(results.size()) + " bytes instead of 1002";
             })
             .step("conformance.large", R"({"bytes":70000})")
             .fails(-32004)
             .ping()
             .moves();
       }},
      {"R7", Level::Mandatory, "a result of 4 MB arrives whole", "conformance.large", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.large", R"({"bytes":4000000})")
             .results([](std::string_view results) -> Problem {
               if (results.size() == 4'000'002) return std::nullopt;
               return "the result has " + std::to_string(results.size()) + " bytes instead of 4000002";
             })
             .ping()
             .moves();
       }},
      {"R8", Level::Mandatory, "NaN is answered with -32003", "conformance.nan", "",
       [](const Subject& s) { return Script(s).hello().step("conformance.nan").fails(-32003).ping().moves(); }},
      {"R9", Level::Optional, "a result that is no JSON is answered with -32003, which names the path",
       "conformance.not_json", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.not_json")
             .fails(-32003, mentions("path", "items[1].thing"))
             .ping()
             .moves();
       }},
      {"R10", Level::Optional, "bytes that are not UTF-8 are answered with -32003", "conformance.bytes", "",
       [](const Subject& s) { return Script(s).hello().step("conformance.bytes").fails(-32003).ping().moves(); }},
      {"R11", Level::Optional, "a result nested beyond the limit is answered with -32003", "conformance.nest", "",
       [](const Subject& s) {
         return Script(s)
             .hello()
             .step("conformance.nest", R"({"levels":100})")
             .results_are(nested(100))
             .step("conformance.nest", R"({"levels":101})")
             .fails(-32003)
             .step("conformance.nest", R"({"levels":50000})")
             .fails(-32003)
             .ping()
             .moves();
       }},
      {"R12", Level::Optional, "a result that contains itself is answered with -32003", "conformance.circle", "",
       [](const Subject& s) { return Script(s).hello().step("conformance.circle").fails(-32003).ping().moves(); }},
  };
}

}  // namespace tasker::conformance
