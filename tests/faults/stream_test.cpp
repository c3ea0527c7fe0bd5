// Faults 27 to 33: what comes over the pipes, and what does not.
#include "faults/fault_run.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

std::string named_step(const std::string& name, const std::string& handler) {
  return "  - {name: " + name + ", handler: {callable: " + handler + "}, retry: {max_attempts: 3, backoff: none}}\n";
}

/// A worker that broke the protocol is killed, its step is lost and retried, and the error quotes what it wrote.
void distrusted_and_retried(FaultRun& run, const std::string& runner, const std::string& quoted) {
  run.start({.steps = fault_step("Fine") + kGate, .runner = runner});
  run.wait_event("step.completed", "fault");
  run.wait_inside("gate");
  run.look();
  run.open_gate();
  run.finish(0);
  const std::string outcomes = run.outcomes("fault") + " " + run.outcomes("gate");
  CHECK((outcomes == "worker_lost complete complete" || outcomes == "complete worker_lost complete"));
  CHECK(has(run.result().dump(), quoted));
}

std::string blob(std::size_t bytes) { return "{\"blob\":\"" + std::string(bytes, 'b') + "\"}"; }

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("fault 27: whatever is printed, in whatever way, is logged with its step and never taken for an answer") {
  FaultRun run("f27");
  run.start({.steps = fault_step("PrintsEverywhere"), .handlers = {"prints_everywhere"}, .arguments = {"-w", "1"}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.step("fault").at("results").at("value") == "printed");
  std::string logged;
  for (const json& event : run.events("step.log", "fault")) logged += event.at("message").get<std::string>() + "\n";
  for (const char* way : {"puts", "$stdout", "STDOUT", "$stderr", "system", "descriptor 1", "write(2)"}) {
    CAPTURE(way);
    CHECK(has(logged, std::string("by ") + way));
  }
  CHECK(has(logged, "forged"));
}

TEST_CASE("fault 28: garbage on the wire ends the worker, with a quotation, and its step is retried") {
  FaultRun run("f28");
  distrusted_and_retried(run, "writes_garbage", "Segmentation fault? no, only");
}

TEST_CASE("fault 29: a result of 64 MiB fails its step for good with the limit's name, and the worker lives") {
  FaultRun run("f29");
  run.start({.steps = named_step("huge", "ReturnsTheImpossible") + "  - {name: next, handler: {callable: Fine}}\n",
             .handlers = {"returns_the_impossible"},
             .arguments = {"-w", "1"}});
  run.finish(1);
  CHECK(run.outcomes("huge") == "result_too_large");
  CHECK(has(run.step("huge").at("error").at("message"), "max_line_bytes"));
  CHECK(run.events("worker.started").size() == 1);
  CHECK(run.outcomes("next") == "complete");
}

TEST_CASE("fault 29: a line of 64 MiB is not kept, but ends its worker at the limit") {
  FaultRun run("f29");
  run.start({.steps = fault_step("Fine"), .runner = "writes_a_huge_line", .arguments = {"-w", "1"}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "worker_lost complete");
  CHECK(has(run.step("fault").at("history").at(0).at("error").at("message"), "8388608"));
}

TEST_CASE("fault 30: values that JSON has no word for fail their step for good, by the path, and big integers arrive") {
  FaultRun run("f30");
  std::string steps;
  for (const char* name : {"deep", "big", "bytes", "nan", "circular", "raises"})
    steps += named_step(name, "ReturnsTheImpossible");
  run.start({.steps = steps, .handlers = {"returns_the_impossible"}, .arguments = {"-w", "1"}});
  run.finish(1);
  for (const char* name : {"deep", "bytes", "nan", "circular", "raises"}) {
    CAPTURE(name);
    CHECK(run.outcomes(name) == "result_unserializable");
  }
  CHECK(has(run.step("bytes").at("error").at("message"), "results.items[1]"));
  CHECK(has(run.step("nan").at("error").at("message"), "results.items[1]"));
  CHECK(has(run.step("raises").at("error").dump(), "no hash today"));
  CHECK(has(run.engine().out(), "\"results\":1180591620717411303424"));
  CHECK(run.events("worker.started").size() == 1);
}

TEST_CASE("fault 30: a runner that writes what is no JSON is not believed, and its step is retried") {
  FaultRun run("f30");
  std::string steps;
  for (const char* name : {"deep", "bytes", "nan", "surrogate", "half"}) steps += named_step(name, "Fine");
  run.start({.steps = steps, .runner = "writes_what_json_is_not", .arguments = {"-w", "1"}});
  run.finish(0);
  for (const char* name : {"deep", "bytes", "nan", "surrogate", "half"}) {
    CAPTURE(name);
    CHECK(run.outcomes(name) == "worker_lost complete");
  }
}

TEST_CASE("fault 31: 10 MB on stderr without a newline, while 5 MB go in, block neither side") {
  FaultRun run("f31");
  run.start({.steps = fault_step("FloodsStderr") + kGate, .handlers = {"floods_stderr"}, .input = blob(5'000'000)});
  run.wait_event("step.completed", "fault");
  run.look();
  run.open_gate();
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.step("fault").at("results").at("value") == 5'000'000);
}

TEST_CASE("fault 32: a worker that stops reading, while a thousand steps wait, costs its own step's attempt only") {
  FaultRun run("f32");
  std::string steps;
  for (int i = 0; i < 1000; ++i)
    steps += "  - {name: s" + std::to_string(i) +
             ", handler: {callable: Fine}, timeout_seconds: 1, retry: {max_attempts: 2, backoff: none}}\n";
  run.start({.steps = steps,
             .runner = "stops_reading",
             .arguments = {"-w", "2", "--cancel-grace", "200ms", "--term-grace", "100ms"}});
  run.tell({"timeout complete, for one of the thousand", "2", "gone", 0, std::nullopt});
  run.finish(0);
  int retried = 0;
  for (const json& step : run.result().at("steps")) {
    CHECK(step.at("state") == "complete");
    retried += step.at("attempts").get<int>() - 1;
  }
  CHECK(retried == 1);
}

TEST_CASE("fault 33: an answer to a request that nobody made ends the worker, and its step is retried") {
  FaultRun run("f33");
  distrusted_and_retried(run, "answers_a_stranger", "answered request 4711, which is not open");
}

TEST_CASE("fault 33: of two answers to one request the first counts, and the worker is not trusted any more") {
  FaultRun run("f33");
  run.start({.steps = fault_step("Fine") + "  - {name: next, handler: {callable: Fine}, dependencies: [fault]}\n",
             .runner = "answers_twice",
             .arguments = {"-w", "1"}});
  run.finish(0);
  CHECK(run.outcomes("fault") == "complete");
  CHECK(run.step("next").at("state") == "complete");
  CHECK(run.events("worker.exited").size() == 2);
}

TEST_SUITE_END();
