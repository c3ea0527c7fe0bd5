#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/engine_process.hpp"

using namespace tasker::test;

namespace {

EngineOptions in(const WorkFolder& folder, std::vector<std::pair<std::string, std::string>> env = {}) {
  env.emplace_back("TASKER_STORE", "sqlite:tasks.db");
  return {.input = "", .directory = folder.path(), .env = std::move(env)};
}

/// The level of the first finding of an area; with `text`: of the one that says it.
std::string level_of(const Finished& run, const std::string& area, const std::string& text = "") {
  const auto report = nlohmann::json::parse(run.out);
  for (const auto& finding : report["findings"]) {
    if (finding["area"] == area && finding["text"].get<std::string>().find(text) != std::string::npos)
      return finding["level"];
  }
  return "none";
}

}  // namespace

TEST_CASE("doctor: a good machine is told line by line, and nothing is made on the way") {
  const WorkFolder folder("doctor");
  folder.write("handlers/a.rb", "class A; def call(*) = 1; end\n");
  const Finished run = run_tasker({"doctor"}, in(folder));
  CHECK(run.exit_code == 0);
  CHECK(run.err.empty());
  CHECK(run.out.find("ok    ruby         Ruby ") != std::string::npos);
  CHECK(run.out.find("ok    gem          tasker_core ") != std::string::npos);
  CHECK(run.out.find("ok    handlers     1 handler from ") != std::string::npos);
  CHECK(run.out.find("tasks.db is not there yet") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder.path("tasks.db")));
}

TEST_CASE("doctor: handlers that do not load, a file that is no store and no Ruby are failures") {
  const WorkFolder folder("doctor");
  folder.write("handlers/a.rb", "class A\n  def call(\nend\n");
  folder.write("tasks.db", std::string(8192, 'x'));
  const Finished run = run_tasker({"doctor", "-o", "json"}, in(folder, {{"TASKER_WROKERS", "2"}}));
  CHECK(run.exit_code == 1);
  CHECK(level_of(run, "handlers", "a.rb") == "fail");
  CHECK(level_of(run, "store") == "fail");
  CHECK(level_of(run, "environment", "TASKER_WROKERS") == "warn");

  const Finished bare = run_tasker({"doctor", "-o", "json"}, in(folder, {{"PATH", folder.path()}}));
  CHECK(bare.exit_code == 1);
  CHECK(level_of(bare, "ruby") == "fail");
  CHECK(level_of(bare, "handlers") == "fail");
}

TEST_CASE("doctor: a template whose handler is missing is a failure, a mistyped flag still a usage error") {
  const WorkFolder folder("doctor");
  folder.write("handlers/a.rb", "class A; def call(*) = 1; end\n");
  folder.write("w.yaml", "name: w\nsteps:\n  - {name: s, handler: {callable: B}}\n");
  const Finished run = run_tasker({"doctor", "w.yaml", "-o", "json"}, in(folder));
  CHECK(run.exit_code == 1);
  CHECK(level_of(run, "handlers", "unknown handler \"B\"") == "fail");
  CHECK(run_tasker({"doctor", "--stroe", "x"}, in(folder)).exit_code == 2);
}
