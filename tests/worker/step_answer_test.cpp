#include "worker/step_answer.hpp"

using namespace tasker;
using namespace tasker::worker;

namespace {

const JsonLimits kLimits{.max_bytes = 64, .max_depth = 3};

StepOutcome outcome_of(const std::string& result) {
  return step_answer(rpc::ResultMessage{1, result}, kLimits).outcome;
}

std::string failure_of(const std::string& result) {
  const StepOutcome outcome = outcome_of(result);
  const auto* failed = std::get_if<Failed>(&outcome);
  return failed ? failed->error->message : "no failure";
}

}  // namespace

TEST_SUITE_BEGIN("step answer");

TEST_CASE("every value of an answer keeps the limits of a value, not only the results") {
  CHECK(failure_of(R"({"results":[[[1]]]})") == "no failure");
  CHECK(failure_of(R"({"results":[[[[1]]]]})") == "the results are nested deeper than 3 levels");
  CHECK(failure_of(R"({"results":1,"output":[[[[1]]]]})") == "the output is nested deeper than 3 levels");
  CHECK(failure_of(R"({"results":1,"metadata":[[[[1]]]]})") == "the metadata is nested deeper than 3 levels");
  CHECK(failure_of(R"({"checkpoint":[[[[1]]]]})") == "the checkpoint is nested deeper than 3 levels");
  CHECK(failure_of("{\"results\":\"" + std::string(70, 'x') + "\"}") ==
        "the results are 72 bytes, more than the limit of 64");
  CHECK(failure_of("{}") == "the runner's answer has no \"results\"");
  CHECK(failure_of("7") == "the runner's answer has no \"results\"");
}

TEST_CASE("results, output, metadata and checkpoints are taken as they were written") {
  const StepOutcome outcome = outcome_of(R"({"results":18446744073709551617,"output":-0.0,"metadata":{"a":1}})");
  const auto& succeeded = std::get<Succeeded>(outcome);
  CHECK(succeeded.results.text() == "18446744073709551617");
  CHECK(succeeded.output->text() == "-0.0");
  CHECK(succeeded.metadata.text() == R"({"a":1})");
  CHECK(std::get<Succeeded>(outcome_of(R"({"results":null})")).metadata.text() == "{}");
  CHECK(std::get<Yielded>(outcome_of(R"({"checkpoint":{"cursor":1}})")).checkpoint.text() == R"({"cursor":1})");
}

TEST_SUITE_END();
