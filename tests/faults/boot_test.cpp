// Faults 1 to 8: workers that do not come up.
#include <sys/stat.h>

#include "faults/fault_run.hpp"
#include "runtime/worker_command.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

/// The error object that stands in place of a result.
json told_error(const FaultRun& run) { return run.result().at("error"); }

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 1: without Ruby, or with one that can't be run, the run ends with exit code 9 and names it") {
  FaultRun missing("f01");
  missing.start({.steps = fault_step("Fine"), .env = {{"PATH", "/nowhere"}}});
  missing.finish(9);
  CHECK(has(told_error(missing).at("message"), "ruby"));
  CHECK(has(told_error(missing).at("message"), "must be in PATH"));

  FaultRun unusable("f01");
  unusable.folder().write("bin/ruby", "#!/nowhere/sh\n");
  ::chmod(unusable.folder().path("bin/ruby").c_str(), 0755);
  unusable.start({.steps = fault_step("Fine"), .env = {{"PATH", unusable.folder().path("bin")}}});
  unusable.finish(9);
  CHECK(has(told_error(unusable).at("message"), "ruby"));
}

TEST_CASE("fault 1: a runner that is missing is named with the places where it was looked for") {
  tasker::WorkerOptions options;
  options.runner = "/nowhere/runner.rb";
  const auto command = tasker::worker_command(options);
  REQUIRE(std::holds_alternative<std::string>(command));
  CHECK(has(std::get<std::string>(command), "/nowhere/runner.rb"));
}

TEST_CASE("fault 2: a syntax error in a handler file ends the run at its first report, by file and line") {
  FaultRun run("f02");
  run.start({.steps = fault_step("BrokenSyntax"), .handlers = {"broken_syntax"}});
  run.finish(9);
  CHECK(has(told_error(run).at("message"), "broken_syntax.rb:5"));
  CHECK(run.events("worker.started").empty());
  CHECK(run.events("worker.exited").size() == 1);
}

TEST_CASE("fault 3: a file that hangs at its top is killed at the boot deadline, and costs no attempt") {
  FaultRun run("f03");
  run.start({.steps = fault_step("HangsWhileLoading"),
             .handlers = {"hangs_while_loading"},
             .arguments = {"-w", "1", "--boot-timeout", "1500ms"},
             .env = {{"FAULT_BAD_BOOTS", "2"}}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.events("worker.exited").size() == 3);
}

TEST_CASE("fault 3: a hello that comes too late leaks no process, nor what it has started") {
  FaultRun run("f03");
  run.start({.steps = fault_step("Fine"),
             .runner = "late_hello",
             .arguments = {"-w", "1", "--boot-timeout", "1500ms", "--term-grace", "1s"},
             .env = {{"FAULT_SECONDS", "1.8"}}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.journal("late").size() == 2);
}

TEST_CASE("fault 4: what a preload prints on stdout is logged, and disturbs nobody") {
  FaultRun run("f04");
  run.start({.steps = fault_step("Fine"),
             .arguments = {"-w", "1"},
             .env = {{"RUBYOPT", "-r" + project_root() + "/tests/fixtures/workers/noisy.rb"}}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  std::string logged;
  for (const json& event : run.events("worker.log")) logged += event.at("message").get<std::string>() + "\n";
  CHECK(has(logged, "Welcome to my initializer"));
  CHECK(has(logged, "{\"looks\":\"like JSON\"}"));
}

TEST_CASE("fault 5: a runner that speaks another version of the protocol is refused at once, by both versions") {
  FaultRun run("f05");
  run.start({.steps = fault_step("Fine"), .runner = "speaks_another_version"});
  run.finish(9);
  CHECK(has(told_error(run).at("message"), "protocol version 2"));
  CHECK(has(told_error(run).at("message"), "speaks 1"));
  CHECK(run.events("worker.exited").size() == 1);
}

TEST_CASE("fault 6: a template that needs a handler nobody announced is refused before anything runs") {
  FaultRun run("f06");
  run.start({.steps = fault_step("Fien") + kGate});
  run.finish(3);
  CHECK(has(told_error(run).dump(), "Fien"));
  CHECK(has(told_error(run).dump(), "did you mean \\\"Fine\\\"?"));
  CHECK(run.journal("begin").empty());
}

TEST_CASE("fault 7: a worker that announces other handlers than the first gets no step, and the run goes on") {
  FaultRun run("f07");
  std::string steps = kGate;
  for (int i = 0; i < 4; ++i) steps += "  - {name: s" + std::to_string(i) + ", handler: {callable: DiffersEachTime}}\n";
  run.start({.steps = steps, .handlers = {"differs_each_time"}});
  run.wait_inside("gate");
  for (int i = 0; i < 4; ++i) run.wait_event("step.completed", "s" + std::to_string(i));
  run.look();
  run.open_gate();
  run.finish(0);
  for (int i = 0; i < 4; ++i) CHECK(run.outcomes("s" + std::to_string(i)) == "complete");
}

TEST_CASE("fault 8: boots that fail for a while cost no attempt, and the step runs when they heal") {
  FaultRun run("f08");
  run.start({.steps = fault_step("DiesWhileLoading"),
             .handlers = {"dies_while_loading"},
             .arguments = {"-w", "1"},
             .env = {{"FAULT_BAD_BOOTS", "3"}}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.events("worker.exited").size() == 4);
}

TEST_CASE("fault 8: five boots that fail in a row end a one-shot run with exit code 9 and the boot report") {
  FaultRun run("f08");
  run.start({.steps = fault_step("DiesWhileLoading"),
             .handlers = {"dies_while_loading"},
             .arguments = {"-w", "1"},
             .env = {{"FAULT_BAD_BOOTS", "1000"}}});
  run.finish(9);
  CHECK(has(told_error(run).dump(), "exit 7"));
  CHECK(has(told_error(run).dump(), "the database is not up yet"));
  CHECK(run.journal("begin").empty());
  CHECK(run.events("worker.exited").size() == 5);
}

TEST_SUITE_END();
