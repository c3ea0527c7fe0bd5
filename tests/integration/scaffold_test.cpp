// New projects and handlers, as a user makes them: the files run, and pass the tests that come with them.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

struct Tests {
  int status;
  std::string out;
};

/// Runs the project's own tests, with the engine's copy of the gem.
Tests run_tests(const WorkFolder& folder, const std::string& project = ".",
                const std::string& tasker = tasker_binary()) {
  const std::string all = "Dir[\"test/**/*_test.rb\"].sort.each { |file| require File.expand_path(file) }";
  const std::string command = "cd " + folder.path(project) + " && TASKER=" + tasker + " ruby -e '" + all + "' 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), got);
  return {::pclose(pipe), out};
}

Finished in(const WorkFolder& folder, std::vector<std::string> arguments) {
  EngineOptions options;
  options.directory = folder.path();
  return run_tasker(std::move(arguments), options);
}

}  // namespace

TEST_CASE("a new project runs and passes its own tests") {
  const WorkFolder folder("init");
  REQUIRE(in(folder, {"init", "."}).exit_code == 0);

  const Finished run = in(folder, {"run", "workflow.yaml", "-i", "@order.json", "-o", "json"});
  CAPTURE(run.err);
  CHECK(run.exit_code == 0);
  CHECK(json::parse(run.out)["steps"][1]["results"]["total_cents"] == 12'674);
  CHECK(in(folder, {"validate", "workflow.yaml", "--strict"}).exit_code == 0);

  const Tests tests = run_tests(folder);
  CAPTURE(tests.out);
  CHECK(tests.status == 0);
  CHECK(tests.out.find("4 runs, ") != std::string::npos);
  CHECK(tests.out.find(" 0 failures, 0 errors, 0 skips") != std::string::npos);
}

TEST_CASE("a new handler of every form is announced and passes its test") {
  const WorkFolder folder("handler_new");
  REQUIRE(in(folder, {"init", "."}).exit_code == 0);
  for (const char* form : {"process", "call", "decision", "batchable", "batch_worker", "api"}) {
    CAPTURE(form);
    CHECK(in(folder, {"handler", "new", std::string("Shop::Of_") + form, "--form", form}).exit_code == 0);
  }

  const json handlers = json::parse(in(folder, {"handler", "list", "-H", "handlers", "-o", "json"}).out)["handlers"];
  CHECK(handlers.size() == 9);
  for (const json& handler : handlers) CHECK(handler["api"] != "unusable");

  const Tests tests = run_tests(folder);
  CAPTURE(tests.out);
  CHECK(tests.status == 0);
}

TEST_CASE("nothing is overwritten, and nothing is written beside what exists") {
  const WorkFolder folder("init_again");
  folder.write("test/test_helper.rb", "# mine\n");
  const Finished init = in(folder, {"init", "."});
  CHECK(init.exit_code == 2);
  CHECK(init.err.find("can't write test/test_helper.rb: it exists already") != std::string::npos);
  CHECK(!std::filesystem::exists(folder.path("workflow.yaml")));

  CHECK(in(folder, {"handler", "new", "Charge"}).exit_code == 0);
  CHECK(in(folder, {"handler", "new", "Charge"}).exit_code == 2);
}

TEST_CASE("where the shell does not find tasker it is said how it would, and a project's tests say so, too") {
  const WorkFolder folder("init_path");
  EngineOptions options;
  options.directory = folder.path();
  const std::string home = std::filesystem::path(tasker_binary()).parent_path().string();
  options.env = {{"PATH", folder.path("bin") + ":/bin"}};
  CHECK(run_tasker({"init", "one"}, options).out.find("\n  export PATH=\"" + home + ":$PATH\"\n") != std::string::npos);
  std::filesystem::create_directory(folder.path("bin"));
  std::filesystem::create_symlink(tasker_binary(), folder.path("bin/tasker"));
  CHECK(run_tasker({"init", "two"}, options).out.find("PATH") == std::string::npos);

  const Tests tests = run_tests(folder, "one", folder.path("nowhere"));
  CHECK(tests.status != 0);
  CHECK(tests.out.find("set TASKER=/path/to/tasker") != std::string::npos);
  CHECK(tests.out.find("test_helper.rb:") == std::string::npos);
}

TEST_CASE("programs get the names of the new files") {
  const WorkFolder folder("init_json");
  const json written = json::parse(in(folder, {"init", "shop", "-o", "json"}).out);
  CHECK(written["files"].size() == 11);
  CHECK(written["files"][0] == "shop/README.md");
  std::ifstream workflow(folder.path("shop/workflow.yaml"));
  std::string first;
  std::getline(workflow, first);
  CHECK(first == "# yaml-language-server: $schema=workflow.schema.json");
}
