// Fault 40: the handlers' code changes while they are at work.
#include "faults/fault_run.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

/// A handler file that says which version it is.
std::string versioned(const std::string& version) {
  return "require \"" + project_root() + "/tests/fixtures/workers/fault\"\n" +
         "class Versioned\n  include Fault::Step\n\n  def run = \"" + version + "\"\nend\n";
}

std::string steps_after(const std::string& before, const std::string& name, int count) {
  std::string steps;
  for (int i = 0; i < count; ++i)
    steps += "  - {name: " + name + std::to_string(i) + ", handler: {callable: Versioned}" +
             (before.empty() ? "" : ", dependencies: [" + before + "]") + "}\n";
  return steps;
}

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 40: a broken version of the code is refused by a canary, the old one goes on, a good one takes over") {
  constexpr int kEach = 10;
  FaultRun run("f40");
  const std::string file = run.folder().write("handlers/versioned.rb", versioned("old"));
  run.start({.steps = steps_after("", "old", kEach) + "  - {name: broken, handler: {callable: Gate}}\n" +
                      steps_after("broken", "kept", kEach) +
                      "  - {name: mended, handler: {callable: Gate}, dependencies: [kept0]}\n" +
                      steps_after("mended", "new", kEach),
             .arguments = {"-w", "3", "--watch", "-H", file}});
  run.wait_inside("broken");
  run.folder().write("handlers/versioned.rb", versioned("broken") + "class Versioned\n  def (\nend\n");
  const json refused = run.wait_event("workers.code_rejected");
  CHECK(has(refused.at("message"), "versioned.rb:"));
  run.look();
  run.open_gate("broken");
  run.wait_inside("mended");
  run.folder().write("handlers/versioned.rb", versioned("new"));
  run.wait_event("workers.code_loaded");
  run.look();
  run.open_gate("mended");
  run.finish(0);
  for (int i = 0; i < kEach; ++i) {
    for (const auto& [name, value] : {std::pair("old", "old"), std::pair("kept", "old"), std::pair("new", "new")}) {
      const json step = run.step(name + std::to_string(i));
      CAPTURE(step.dump());
      CHECK(step.at("results").at("value") == value);
      CHECK(step.at("attempts") == 1);
    }
  }
}

TEST_SUITE_END();
