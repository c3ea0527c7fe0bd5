// The conformance kit against real runners: ours, one in another language, and one that breaks each rule in turn.
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "conformance/rule.hpp"
#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

std::string in_project(const std::string& path) { return project_root() + "/" + path; }

Finished play(std::vector<std::string> flags, const std::string& handlers, const std::vector<std::string>& runner) {
  std::vector<std::string> arguments = {"rpc-conformance", "-o", "json", "-H", in_project(handlers)};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), runner.begin(), runner.end());
  return run_tasker(arguments);
}

/// The reports of the rules that did not pass, as text for a failing test.
std::string not_passed(const json& report) {
  std::string out;
  for (const json& rule : report["rules"]) {
    if (rule["status"] != "pass") out += rule.dump(1) + "\n";
  }
  return out;
}

Finished play_broken(const std::string& fault, std::vector<std::string> flags) {
  return play(std::move(flags), "ruby_runner/conformance",
              {"ruby", "--disable-gems", in_project("tests/fixtures/runners/broken.rb"), fault});
}

void each_rule_can_fail(char chapter) {
  for (const auto& rule : tasker::conformance::rules()) {
    if (rule.id.front() != chapter) continue;
    CAPTURE(rule.id);
    // An answer that never comes is what W2's fault is about; the others are quick.
    const std::string limit = rule.id == "W2" ? "1s" : "20s";
    const Finished run = play_broken(std::string(rule.id), {"--only", std::string(rule.id), "--timeout", limit});
    CHECK(run.exit_code == 1);
    const json report = json::parse(run.out);
    REQUIRE(report["rules"].size() == 1);
    CHECK(report["rules"][0]["status"] == "fail");
    CHECK(!report["rules"][0]["reason"].get<std::string>().empty());
  }
}

}  // namespace

TEST_SUITE_BEGIN("conformance");

TEST_CASE("our runner keeps every rule, none skipped") {
  const Finished run = play({"--timeout", "30s"}, "ruby_runner/conformance",
                            {"ruby", "--disable-gems", in_project("ruby_runner/runner.rb")});
  const json report = json::parse(run.out);
  CHECK_MESSAGE(run.exit_code == 0, not_passed(report));
  CHECK(report["conforms"] == true);
  CHECK(report["passed"] == tasker::conformance::rules().size());
}

TEST_CASE("a runner in Python keeps every mandatory rule") {
  const std::string python = std::filesystem::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
  const Finished run = play({"--timeout", "30s"}, "examples/runners/python/conformance.py",
                            {python, in_project("examples/runners/python/runner.py")});
  const json report = json::parse(run.out);
  CHECK_MESSAGE(run.exit_code == 0, not_passed(report));
  for (const json& rule : report["rules"]) {
    if (rule["level"] == "mandatory") CHECK_MESSAGE(rule["status"] == "pass", rule.dump());
  }
}

TEST_CASE("the middleman that breaks rules breaks none by itself") {
  const Finished run = play_broken("none", {"--timeout", "30s"});
  CHECK_MESSAGE(run.exit_code == 0, not_passed(json::parse(run.out)));
}

TEST_CASE("each rule of the handshake can fail") { each_rule_can_fail('H'); }
TEST_CASE("each rule of the wire can fail") { each_rule_can_fail('W'); }
TEST_CASE("each rule of steps can fail") { each_rule_can_fail('S'); }
TEST_CASE("each rule of results can fail") { each_rule_can_fail('R'); }
TEST_CASE("each rule of cancelling can fail") { each_rule_can_fail('C'); }
TEST_CASE("each rule of the end can fail") { each_rule_can_fail('E'); }

TEST_CASE("a runner that can't be started is told with its name, exit code 9") {
  const Finished run = run_tasker({"rpc-conformance", "--", "no-such-program"});
  CHECK(run.exit_code == 9);
  CHECK(run.err.find("no-such-program") != std::string::npos);
  CHECK(run_tasker({"rpc-conformance"}).exit_code == 2);
}

TEST_CASE("a program that is no runner fails the rules, with what it said on stderr") {
  const Finished run =
      run_tasker({"rpc-conformance", "--only", "H1", "--", "sh", "-c", "echo 'this is no runner' >&2; exit 4"});
  CHECK(run.exit_code == 1);
  CHECK(run.out.find("it ended (exit 4) where the answer to request 1 was due") != std::string::npos);
  CHECK(run.out.find("stderr: this is no runner") != std::string::npos);
}

TEST_CASE("an unknown rule is refused with the nearest one") {
  const Finished run = run_tasker({"rpc-conformance", "--only", "R99", "--", "true"});
  CHECK(run.exit_code == 2);
  CHECK(run.err.find("there is no rule \"R99\"") != std::string::npos);
}

TEST_SUITE_END();
