#include "cli/run/run_end.hpp"

#include <doctest/doctest.h>

#include <csignal>

#include "cli/sample_runs.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;

namespace {

TaskRecord ended(TaskState state) { return record_of(TemplateBuilder().step("a").build(), state); }

RunResult result(RunEnd end, int signal = 0) {
  RunResult result;
  result.end = end;
  result.signal = signal;
  return result;
}

}  // namespace

TEST_CASE("a run that could not go on has the code of its reason") {
  CHECK(exit_code_of(result(RunEnd::WorkersFailed)) == ExitCode::WorkersFailed);
  CHECK(exit_code_of(result(RunEnd::HandlersWrong)) == ExitCode::Invalid);
  CHECK(exit_code_of(result(RunEnd::StoreFailed)) == ExitCode::StoreFailed);
  CHECK(exit_code_of(result(RunEnd::Interrupted, SIGINT)) == ExitCode::Interrupted);
  CHECK(exit_code_of(result(RunEnd::Interrupted, SIGTERM)) == ExitCode::Terminated);
  CHECK(exit_code_of(result(RunEnd::Interrupted, SIGHUP)) == ExitCode::HungUp);
  CHECK(exit_code_of(result(RunEnd::TaskEnded)) == ExitCode::Bug);  // ended, but without a record
}

TEST_CASE("an ended task has the code of its state") {
  CHECK(exit_code_of(ended(TaskState::Error)) == ExitCode::TaskFailed);
  CHECK(exit_code_of(ended(TaskState::Cancelled)) == ExitCode::Cancelled);
  CHECK(exit_code_of(ended(TaskState::BlockedByFailures)) == ExitCode::Blocked);
  CHECK(exit_code_of(ended(TaskState::Complete)) == ExitCode::Complete);
  CHECK(exit_code_of(ended(TaskState::InProgress)) == ExitCode::Bug);
}

TEST_CASE("a task that ran past its own timeout is told apart from one whose step did") {
  TaskRecord record = ended(TaskState::Error);
  fail(record.steps[0], error_of(ErrorKind::Timeout, "", "slow"));
  CHECK(exit_code_of(record) == ExitCode::TaskFailed);
  record.error = error_of(ErrorKind::Timeout, "", "slow task");
  CHECK(exit_code_of(record) == ExitCode::TimedOut);
}

TEST_CASE("wrong handlers are errors of the template, all of them") {
  RunResult wrong = result(RunEnd::HandlersWrong);
  wrong.diagnostics = {{"x.yaml", 3, 4, "unknown handler \"A\""}, {"x.yaml", 5, 4, "unknown handler \"B\""}};
  const CommandError error = run_error(wrong, "x.yaml");
  CHECK(error.code() == ExitCode::Invalid);
  CHECK(error.kind() == "template_invalid");
  CHECK(error.details().size() == 2);
}

TEST_CASE("workers that did not boot bring their report along") {
  RunResult dead = result(RunEnd::WorkersFailed);
  dead.boot = BootReport{"pay.rb:4: SyntaxError", {"ruby"}, "exit 1", "", {}, {}, "pay.rb", 4};
  const CommandError error = run_error(dead, "x.yaml");
  CHECK(error.code() == ExitCode::WorkersFailed);
  REQUIRE(error.boot().has_value());
  CHECK(error.boot()->exit == "exit 1");
}

TEST_CASE("a broken store is told in its own words") {
  RunResult broken = result(RunEnd::StoreFailed);
  broken.store_error = "disk I/O error";
  CHECK(run_error(broken, "x").message() == "disk I/O error");
}

TEST_CASE("handlers that are all there pass") { CHECK_NOTHROW(must_be_well(RunResult(), "x.yaml")); }
