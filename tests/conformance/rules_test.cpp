#include <fstream>
#include <set>
#include <sstream>

#include "conformance/kit.hpp"
#include "conformance/report.hpp"
#include "support/paths.hpp"

using namespace tasker::conformance;

namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(tasker::test::project_root() + "/" + file);
  REQUIRE_MESSAGE(in, file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

const Rule& rule(std::string_view id) {
  for (const Rule& each : rules()) {
    if (each.id == id) return each;
  }
  FAIL("no rule " << id);
  return rules().front();
}

const char* const kHello =
    R"({"protocol_version":1,"handlers":[{"name":"Conformance::Echo","aliases":["conformance.echo"]}],"features":["cancel"]})";

}  // namespace

TEST_SUITE_BEGIN("conformance: the rules");

TEST_CASE("each rule has a number of its own and stands in the document under it") {
  const std::string document = text_of("docs/runner-conformance.md");
  std::set<std::string_view> seen;
  for (const Rule& each : rules()) {
    CAPTURE(each.id);
    CHECK(seen.insert(each.id).second);
    const std::string row = "| " + std::string(each.id) + " | " + std::string(to_string(each.level)) + " | " +
                            std::string(each.title) + " |";
    CHECK_MESSAGE(document.find(row) != std::string::npos, row);
    if (!each.handler.empty()) CHECK(document.find("`" + std::string(each.handler) + "`") != std::string::npos);
  }
}

TEST_CASE("each rule has a runner that breaks it") {
  const std::string broken = text_of("tests/fixtures/runners/broken.rb");
  for (const Rule& each : rules()) CHECK(broken.find("\"" + std::string(each.id) + "\" =>") != std::string::npos);
}

TEST_CASE("each script begins by writing or closing, and waits for the runner's end") {
  const Subject subject{7, {"handlers"}};
  for (const Rule& each : rules()) {
    CAPTURE(each.id);
    const std::vector<Move> moves = each.script(subject);
    REQUIRE(!moves.empty());
    CHECK(!std::holds_alternative<Expect>(moves.front()));
    CHECK(std::holds_alternative<ExpectEnd>(moves.back()));
  }
}

TEST_CASE("what a runner announces is read from its hello, aliases included; from none, nothing") {
  const Announced announced = announced_in(kHello);
  CHECK(announced.handlers == std::set<std::string, std::less<>>{"Conformance::Echo", "conformance.echo"});
  CHECK(announced.features == std::set<std::string, std::less<>>{"cancel"});
  CHECK(announced_in("").handlers.empty());
}

TEST_CASE("a mandatory rule fails without its handler, an optional one is skipped without handler or feature") {
  const Announced announced = announced_in(kHello);
  CHECK(!not_played(rule("H1"), announced));
  CHECK(!not_played(rule("S1"), announced));
  const auto mandatory = not_played(rule("S5"), announced);
  REQUIRE(mandatory);
  CHECK(mandatory->kind == Verdict::Kind::Failed);
  CHECK(mandatory->reason == "the runner announces no handler conformance.fail");
  const auto handler = not_played(rule("C3"), announced);
  REQUIRE(handler);
  CHECK(handler->kind == Verdict::Kind::Skipped);
  const auto feature = not_played(rule("S16"), announced);
  REQUIRE(feature);
  const auto silent = not_played(rule("S1"), announced_in(""));
  REQUIRE(silent);
  CHECK(silent->reason == "it did not answer initialize; H1 tells how");
  CHECK(feature->reason == "the runner does not announce the feature context_ref");
}

TEST_CASE("the report counts, and gives the conversation of a rule that failed") {
  const std::vector<RuleReport> reports = {{&rule("H1"), {}, {}, {}},
                                           {&rule("S5"), {Verdict::Kind::Failed, "because"}, {"> a", "< b"}, "oh"},
                                           {&rule("C3"), {Verdict::Kind::Skipped, "no cancel"}, {}, {}}};
  CHECK(summary(count(reports)) == "3 rules: 1 passed, 1 failed, 1 skipped");
  const std::string json = report_json({"ruby", "runner.rb"}, reports);
  CHECK(json.starts_with(
      R"({"runner":["ruby","runner.rb"],"conforms":false,"passed":1,"failed":1,"skipped":1,"rules":[)"));
  CHECK(json.find(R"("status":"fail","reason":"because","conversation":["> a","< b"],"stderr":"oh")") !=
        std::string::npos);
  CHECK(json.ends_with("]}\n"));
}

TEST_SUITE_END();
