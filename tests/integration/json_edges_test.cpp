// Values at the edge of what JSON and Ruby have in common, through the real engine and real Ruby: each either arrives
// as the table in docs/handlers.md says, or fails its step with its path.
#include <nlohmann/json.hpp>

#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

const char* const kHandlers = R"RUBY(
require "bigdecimal"
require "date"
require "set"

module Edge
  Point = Struct.new(:x, :y)
  class Broken; def to_h = raise(KeyError, "no such column"); end
  class Wrong; def to_h = nil; end
  class Proxy < BasicObject; end
  CIRCLE = {}.tap { |hash| hash[:me] = [hash] }

  VALUES = {
    "integers" => -> { { six: 6**64, long: 10**400, edge: -(2**63) - 1 } },
    "floats" => -> { { price: 124.75999999999999, zero: -0.0, tiny: 5e-324 } },
    "symbols" => -> { { status: :charged, "list" => %i[a b] } },
    "times" => -> { [Time.at(0, 123_456_789, :nsec, in: "+02:00"), Date.new(2026, 1, 2), DateTime.new(2026, 1, 2)] },
    "decimals" => -> { BigDecimal("12345678901234567890.5") },
    "data" => -> { { point: Point.new(1, :two), set: Set[1, 2] } },
    "twice" => -> { { :a => 1, "a" => 2 } },
    "latin" => -> { ["caf\xE9".dup.force_encoding("ISO-8859-1"), "caf\xC3\xA9".b] },
    "text" => -> { "\u0000\u2028 \u{1F600} \"\\" },
    "nothing" => -> {},
    "deep" => -> { 99.times.reduce([1]) { |inner, _| [inner] } },
    "nan" => -> { { ratios: [1.0, Float::NAN] } },
    "infinity" => -> { { a: { b: -Float::INFINITY } } },
    "bytes" => -> { { photo: "\xFF\xD8\xFF".b } },
    "surrogate" => -> { { text: "\xED\xA0\x80" } },
    "circle" => -> { CIRCLE },
    "broken" => -> { [Broken.new] },
    "wrong" => -> { { row: Wrong.new } },
    "proxy" => -> { { proxy: Proxy.new } },
    "object" => -> { { items: [1, { io: $stderr }] } },
    "deeper" => -> { 100.times.reduce([1]) { |inner, _| [inner] } },
    "bottomless" => -> { 50_000.times.reduce([1]) { |inner, _| [inner] } },
    "huge" => -> { { small: "x", items: [{ body: "y" }, { body: "z" * 10_000_000 }] } },
    "many" => -> { { rows: Array.new(300_000) { |i| "row number #{i} of a table" } } }
  }.freeze
end

class Gives
  def process(_task, _sequence, step) = Edge::VALUES.fetch(step.name).call
end

# What came of what the ancestors returned, after it was text in between.
class Reads
  def process(_task, sequence, _step)
    integers, floats, twice = %w[integers floats twice].map { |name| sequence.get_results(name) }
    { integers: [integers[:six] == 6**64, integers["long"] == 10**400, integers[:edge] == -(2**63) - 1],
      floats: [floats[:price] == 124.75999999999999, 1 / floats[:zero] == -Float::INFINITY, floats[:tiny] == 5e-324],
      twice: twice[:a], text: sequence.get_results("text") == Edge::VALUES["text"].call,
      time: sequence.get_results("times").first.class.name }
  end
end
)RUBY";

const std::string kLong = "1" + std::string(400, '0');

const std::vector<std::string> kFine = {"integers", "floats", "symbols", "times",   "decimals", "data",
                                        "twice",    "latin",  "text",    "nothing", "deep"};
const std::vector<std::string> kRefused = {"nan",   "infinity", "bytes",  "surrogate",  "circle", "broken", "wrong",
                                           "proxy", "object",   "deeper", "bottomless", "huge",   "many"};

std::string workflow() {
  std::string out = "name: edges\nsteps:\n";
  const auto add = [&](const std::string& name) {
    out += "  - {name: " + name + ", handler: {callable: Gives}, retry: {max_attempts: 1}}\n";
  };
  for (const auto& name : kFine) add(name);
  for (const auto& name : kRefused) add(name);
  return out + "  - {name: reads, handler: {callable: Reads}, dependencies: [integers, floats, twice, text, times]}\n";
}

/// The text of a run's result object; numbers keep their digits there.
struct Run {
  Finished finished;
  json steps = json::object();

  explicit Run(const WorkFolder& folder)
      : finished(run_tasker({"run", folder.path("edges.yaml"), "-w", "2", "-o", "json"})) {
    CAPTURE(finished.err);
    // The one number that the test's own reader has no room for.
    std::string text = finished.out;
    for (std::size_t at = text.find(kLong); at != std::string::npos; at = text.find(kLong)) text.replace(at, 401, "1");
    const json result = json::parse(text);
    for (const json& step : result["steps"]) steps[step["name"].get<std::string>()] = step;
  }
  const json& results(const std::string& step) const { return steps[step]["results"]; }
  std::string error(const std::string& step) const { return steps[step]["error"]["message"]; }
  std::string kind(const std::string& step) const { return steps[step]["error"]["kind"]; }
  bool says(const std::string& text) const { return finished.out.find(text) != std::string::npos; }
};

void write_files(const WorkFolder& folder) {
  folder.write("handlers/edges.rb", kHandlers);
  folder.write("edges.yaml", workflow());
}

}  // namespace

TEST_SUITE_BEGIN("json edges");

TEST_CASE("values at the edge arrive as documented, or fail their step with their path") {
  const WorkFolder folder("edges");
  write_files(folder);
  const Run run(folder);
  CHECK(run.finished.exit_code == 1);

  SUBCASE("numbers keep every digit, and read back the same") {
    CHECK(run.says("63340286662973277706162286946811886609896461828096"));
    CHECK(run.says(kLong));
    CHECK(run.says("124.75999999999999"));
    CHECK(run.says("-0.0"));
    const json& read = run.results("reads");
    CHECK(read["integers"] == json({true, true, true}));
    CHECK(read["floats"] == json({true, true, true}));
    CHECK(read["text"] == true);
  }
  SUBCASE("Ruby's own types become what the table says") {
    CHECK(run.results("symbols") == json({{"status", "charged"}, {"list", {"a", "b"}}}));
    CHECK(run.results("times") ==
          json({"1970-01-01T02:00:00.123456789+02:00", "2026-01-02", "2026-01-02T00:00:00.000000000+00:00"}));
    CHECK(run.results("reads")["time"] == "String");
    CHECK(run.results("decimals") == "12345678901234567890.5");
    CHECK(run.results("data") == json({{"point", {{"x", 1}, {"y", "two"}}}, {"set", {1, 2}}}));
    CHECK(run.results("latin") == json({"caf\xC3\xA9", "caf\xC3\xA9"}));
    CHECK(run.results("nothing").is_null());
    CHECK(run.steps["deep"]["state"] == "complete");
  }
  SUBCASE("of a key that stands twice the last one counts") {
    CHECK(run.results("twice") == json({{"a", 2}}));
    CHECK(run.results("reads")["twice"] == 2);
  }
  SUBCASE("what has no JSON form is refused with its path, and is not tried again") {
    CHECK(run.error("nan") == "results.ratios[1]: NaN has no JSON form");
    CHECK(run.error("infinity") == "results.a.b: -Infinity has no JSON form");
    CHECK(run.error("bytes").starts_with("results.photo: the string is not UTF-8"));
    CHECK(run.error("surrogate").starts_with("results.text: the string is not UTF-8"));
    CHECK(run.error("circle") == "results.me[0]: the Hash contains itself (it is results too)");
    CHECK(run.error("broken") == "results[0]: Edge::Broken#to_h raised KeyError: no such column");
    CHECK(run.error("wrong") == "results.row: Edge::Wrong#to_h returned NilClass, not a Hash");
    CHECK(run.error("proxy").starts_with("results.proxy: Edge::Proxy can't be written as JSON"));
    CHECK(run.error("object").starts_with("results.items[1].io: IO can't be written as JSON"));
    CHECK(run.error("deeper").ends_with("nested deeper than 100 levels"));
    CHECK(run.error("bottomless").ends_with("nested deeper than 100 levels"));
    for (const auto& step : kRefused) {
      CAPTURE(step);
      const bool large = step == "huge" || step == "many";
      CHECK(run.kind(step) == (large ? "result_too_large" : "result_unserializable"));
      CHECK(run.steps[step]["attempts"] == 1);
    }
  }
  SUBCASE("a result that is too large names the path of its biggest value, with both sizes") {
    CHECK(run.error("huge").find("8388608 (limits.max_line_bytes)") != std::string::npos);
    CHECK(run.error("huge").find("the biggest value is results.items[1].body, 10000002 bytes") != std::string::npos);
    CHECK(run.error("many").find("the biggest value is results.rows, ") != std::string::npos);
  }
}

TEST_CASE("input at the edge is passed on as it was written, or refused before anything runs") {
  const WorkFolder folder("edges_input");
  folder.write("handlers/h.rb", "class Keys\n  def process(task, _sequence, _step) = task.context.to_h\nend\n");
  const auto call = [&](const std::string& input) {
    return run_tasker({"handler", "call", "Keys", "-H", folder.path("handlers"), "-i", input, "-o", "json"});
  };
  const Finished fine = call(R"({"z":1,"a":123456789012345678901234567890,"f":124.75999999999999,"a2":"\u0000"})");
  CAPTURE(fine.err);
  CHECK(fine.exit_code == 0);
  CHECK(fine.out.find(R"({"z":1,"a":123456789012345678901234567890,"f":124.75999999999999,"a2":"\u0000"})") !=
        std::string::npos);
  CHECK(json::parse(call(R"({"a":1,"a":2})").out)["results"] == json({{"a", 2}}));
  // Ruby reads a float beyond its range as Infinity; that is said, not passed on.
  const Finished beyond = call(R"({"a":1e400})");
  CHECK(beyond.exit_code == 1);
  CHECK(beyond.out.find("results.a: Infinity has no JSON form") != std::string::npos);
  for (const std::string& bad : {std::string(R"({"a":"\ud800"})"), std::string("{\"a\":\"\xFF\"}"),
                                 std::string(R"({"a":NaN})"), "{\"a\":" + std::string(200'000, '[') + "}"}) {
    CAPTURE(bad.substr(0, 40));
    EngineOptions options;
    options.input = bad;
    CHECK(run_tasker({"handler", "call", "Keys", "-H", folder.path("handlers"), "-i", "-"}, options).exit_code == 3);
  }
}

TEST_SUITE_END();
