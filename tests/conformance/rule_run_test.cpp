#include "conformance/rule_run.hpp"

#include <csignal>

#include "conformance/script.hpp"

using namespace tasker::conformance;

namespace {

const Subject kSubject{4242, {"handlers"}};

std::string result(int id, const std::string& value = "{}") {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + value + "}";
}
std::string error(const std::string& id, int code) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":"m"}})";
}
const char* const kLog = R"({"jsonrpc":"2.0","method":"log","params":{"message":"by the way"}})";

/// Gives what the script does now, as one string of letters: w(rite), n(udge), t(erminate), c(lose), p(ause).
std::string acts(RuleRun& run) {
  std::string out;
  while (const auto move = run.next()) out += "wntcpXX"[move->index()];
  return out;
}

/// What a conversation ends as, the runner saying these lines as soon as it may and then ending.
std::string verdict(std::vector<Move> script, const std::vector<std::string>& lines, Ending ending = {0, 0, "exit 0"},
                    const std::string& rest = "") {
  RuleRun run(std::move(script));
  acts(run);
  for (const std::string& line : lines) {
    run.heard(line);
    acts(run);
  }
  run.ended(ending, rest);
  REQUIRE(run.verdict());
  return run.verdict()->kind == Verdict::Kind::Passed ? "passed" : run.verdict()->reason;
}

std::vector<Move> one_ping() { return Script(kSubject).ping().moves(); }

}  // namespace

TEST_SUITE_BEGIN("conformance: one rule");

TEST_CASE("a script writes until it has to wait, and goes on with the answer") {
  RuleRun run(Script(kSubject).ping().nudge().ping().moves());
  CHECK(acts(run) == "w");
  CHECK(acts(run).empty());
  run.heard(result(1));
  CHECK(acts(run) == "nw");
  run.heard(result(2));
  CHECK(acts(run) == "w");  // exit
  CHECK(!run.verdict());
  run.ended({0, 0, "exit 0"}, "");
  REQUIRE(run.verdict());
  CHECK(run.verdict()->kind == Verdict::Kind::Passed);
}

TEST_CASE("a nudge lasts until the next message is there") {
  RuleRun run(Script(kSubject).request("ping").nudge().answers().moves());
  CHECK(!run.nudging());
  CHECK(acts(run) == "wn");
  CHECK(run.nudging());
  run.heard(result(1));
  acts(run);
  CHECK(!run.nudging());
}

TEST_CASE("an answer of the wrong kind, number or code fails the rule, and says what came instead") {
  CHECK(verdict(one_ping(), {result(1)}) == "passed");
  CHECK(verdict(one_ping(), {result(2)}) == "the answer's id is 2, not 1");
  CHECK(verdict(one_ping(), {error("1", -32601)}) ==
        "request 1 was answered with error -32601 (m) instead of a result");
  const auto refused = [] { return Script(kSubject).request("no/such").fails(-32601).moves(); };
  CHECK(verdict(refused(), {error("1", -32601)}) == "passed");
  CHECK(verdict(refused(), {error("1", -32603)}) ==
        "request 1 was answered with error -32603 (m) instead of error -32601");
  CHECK(verdict(refused(), {error("null", -32601)}) == "the answer's id is null, not 1");
  CHECK(verdict(refused(), {result(1)}) == "request 1 was answered with a result instead of error -32601");
}

TEST_CASE("a second answer is noticed, also when it comes last") {
  CHECK(verdict(one_ping(), {result(1), result(1)}) == "it wrote what nobody asked for: a result for request 1");
  CHECK(verdict(one_ping(), {result(1), error("1", -32800)}) ==
        "it wrote what nobody asked for: error -32800 for request 1");
}

TEST_CASE("log lines may come at any time; other notifications only when they are due") {
  CHECK(verdict(one_ping(), {kLog, result(1), kLog}) == "passed");
  CHECK(verdict(one_ping(), {R"({"jsonrpc":"2.0","method":"step/started","params":{"id":1}})", result(1)}) ==
        "the notification step/started came instead of a result");
  const auto told = [] {
    return Script(kSubject).request("x").tells("log", has("level", "\"warn\"")).answers().moves();
  };
  CHECK(verdict(told(), {kLog, R"({"jsonrpc":"2.0","method":"log","params":{"level":"warn"}})", result(1)}) ==
        "passed");
}

TEST_CASE("a runner that logs for ever gets no further by it, and its conversation is not kept for ever") {
  RuleRun run(one_ping());
  acts(run);
  const std::size_t before = run.position();
  for (int i = 0; i < 5000; ++i) run.heard(kLog), acts(run);
  CHECK(run.position() == before);
  CHECK(run.transcript().size() < 1100);
  run.heard(result(1));
  acts(run);
  CHECK(run.position() > before);
}

TEST_CASE("lines that are no messages are noise before the first message, and a fault after it") {
  CHECK(verdict(one_ping(), {"warming up...", result(1)}) == "passed");
  CHECK(verdict(one_ping(), {result(1), "by puts"}) ==
        "it wrote a line that is no message (expected a JSON value): by puts");
  CHECK(verdict(one_ping(), {kLog, R"({"jsonrpc":"2.0","id":1})"})
            .starts_with("it wrote a line that is no message (it has neither a result nor an error)"));
}

TEST_CASE("the end is judged: too early, with the wrong status, by the wrong signal, with half a line") {
  CHECK(verdict(one_ping(), {}, {1, 0, "exit 1"}) == "it ended (exit 1) where the answer to request 1 was due");
  CHECK(verdict(one_ping(), {result(1)}, {3, 0, "exit 3"}) == "it ended with exit 3 instead of the end with status 0");
  CHECK(verdict(one_ping(), {result(1)}, {0, 0, "exit 0"}, "{\"half\"") == "its last line has no newline: {\"half\"");
  const auto by_term = [] { return Script(kSubject).ping().terminate().ends_by(SIGTERM).moves(); };
  CHECK(verdict(by_term(), {result(1)}, {std::nullopt, SIGTERM, "killed by SIGTERM"}) == "passed");
  CHECK(verdict(by_term(), {result(1)}, {0, 0, "exit 0"}) == "it ended with exit 0 instead of the end by signal 15");
}

TEST_CASE("an answer that does not come is named, with the limit") {
  RuleRun run(one_ping());
  acts(run);
  run.timed_out("10.0 s");
  REQUIRE(run.verdict());
  CHECK(run.verdict()->reason == "the answer to request 1 did not come within 10.0 s");
}

TEST_CASE("the conversation is kept for the report, long lines cut without breaking a character") {
  RuleRun run(one_ping());
  acts(run);
  run.heard(result(1));
  acts(run);
  run.ended({0, 0, "exit 0"}, "");
  CHECK(run.transcript() ==
        std::vector<std::string>{R"(> {"jsonrpc":"2.0","id":1,"method":"ping","params":{}})", "< " + result(1),
                                 R"(> {"jsonrpc":"2.0","method":"exit","params":{}})", "< (exit 0)"});
  CHECK(excerpt("abc\xC3\xA9xyz", 4) == "abc... (8 bytes)");
}

TEST_SUITE_END();
