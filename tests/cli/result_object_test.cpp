#include "cli/run/result_object.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/sample_runs.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string kBig =
    "394020061963944792122790401001436138050797392704654466679482934042457217714972106114142662548849156408066279903068"
    "16";  // 6**64 and more digits than a double has
const std::string kFloat = "124.75999999999999";

TaskRecord two_steps(TaskState state) { return record_of(TemplateBuilder().step("a").step("b", {"a"}).build(), state); }

}  // namespace

TEST_CASE("a failed step carries everything that is known of its error") {
  TaskRecord record = two_steps(TaskState::Error);
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::WorkerLost;
  error->class_name = "Net::ReadTimeout";
  error->message = "no \"answer\"\n";
  error->backtrace = {"a.rb:1:in `x'"};
  error->cause = JsonText::trusted("{\"class\":\"IOError\"}");
  error->error_code = "E7";
  error->retry_after = 1.5;
  error->worker = WorkerEvidence{77, std::nullopt, "SIGKILL", "bye"};
  fail(record.steps[0], error, 3);
  block(record.steps[1], "a");

  const json result = json::parse(result_object(record, {1, true, false}));
  CHECK(result["state"] == "error");
  CHECK(result["exit_code"] == 1);
  CHECK(result["resumable"] == true);
  const json& told = result["steps"][0]["error"];
  CHECK(told["kind"] == "worker_lost");
  CHECK(told["class"] == "Net::ReadTimeout");
  CHECK(told["message"] == "no \"answer\"\n");
  CHECK(told["backtrace"] == json::array({"a.rb:1:in `x'"}));
  CHECK(told["cause"]["class"] == "IOError");
  CHECK(told["error_code"] == "E7");
  CHECK(told["retryable"] == true);
  CHECK(told["retry_after"] == 1.5);
  CHECK(told["worker"] == json{{"pid", 77},
                               {"exit", nullptr},
                               {"signal", "SIGKILL"},
                               {"last_words", "bye"},
                               {"memory_kb", nullptr},
                               {"advice", nullptr}});
  CHECK(result["steps"][1]["state"] == "pending");
  CHECK(result["steps"][1]["error"]["kind"] == "blocked");
  CHECK(result["steps"][1]["error"]["blocked_by"] == json::array({"a"}));
  CHECK(result["steps"][1]["started_at"].is_null());
}

TEST_CASE("the task's own error stands beside its state") {
  TaskRecord record = two_steps(TaskState::Error);
  record.error = error_of(ErrorKind::Timeout, "", "ran past its timeout of 5 s");
  const json result = json::parse(result_object(record, {5, false, false}));
  CHECK(result["error"]["kind"] == "timeout");
  CHECK(result["error"]["class"].is_null());
}

TEST_CASE("a message that is not UTF-8 still gives JSON that parses") {
  TaskRecord record = two_steps(TaskState::Error);
  fail(record.steps[0], error_of(ErrorKind::HandlerError, "A", "bad \xff byte"));
  CHECK(json::parse(result_object(record, {1, false, false}))["steps"][0]["error"]["message"] ==
        "bad \xEF\xBF\xBD byte");
}

TEST_CASE("results and context come through digit by digit and in their own order") {
  TaskRecord record = two_steps(TaskState::Complete);
  const std::string results = "{\"z\":" + kBig + ",\"a\":" + kFloat + "}";
  complete(record.steps[0], results);
  complete(record.steps[1], "null");
  record.task.context = JsonText::trusted("{\"b\":1.0, \"a\":" + kBig + "}");
  const std::string text = result_object(record, {0, false, false});
  CHECK(text.find("\"results\":" + results) != std::string::npos);
  CHECK(text.find("\"context\":{\"b\":1.0, \"a\":" + kBig + "}") != std::string::npos);
  CHECK(text.find('\n') == std::string::npos);
}

TEST_CASE("a complete run has the keys of the manual, in its order") {
  TaskRecord record = two_steps(TaskState::Complete);
  complete(record.steps[0], "36");
  record.steps[0].history[0].report.cpu_us = 400;
  record.steps[0].history[0].report.max_rss_kb = 14000;
  complete(record.steps[1], "[]");
  const auto result = nlohmann::ordered_json::parse(result_object(record, {0, false, false}));
  std::vector<std::string> keys;
  for (const auto& entry : result.items()) keys.push_back(entry.key());
  CHECK(keys == std::vector<std::string>{"task_uuid", "namespace", "name", "version", "state", "exit_code", "resumable",
                                         "context", "run_id", "line", "error", "steps", "started_at", "finished_at",
                                         "duration_ms"});
  const auto& step = result["steps"][0];
  CHECK(step["results"] == 36);
  CHECK(step["attempts"] == 1);
  CHECK(step["error"].is_null());
  CHECK(step["queued_ms"] == 0.1);
  CHECK(step["duration_ms"] == 12.0);
  CHECK(step["worker_pid"] == 4321);
  CHECK(step["started_at"] == "2026-01-31T12:00:00.000000Z");
  CHECK(step["history"][0]["outcome"] == "complete");
  CHECK(step["history"][0]["cpu_ms"] == 0.4);
  CHECK(step["history"][0]["max_rss_kb"] == 14000);
  CHECK(result["duration_ms"] == 1300.0);
  CHECK_FALSE(result.contains("event"));
}

TEST_CASE("as the last event it says so first") {
  CHECK(result_object(two_steps(TaskState::Cancelled), {6, false, true}).find("{\"event\":\"task.result\",") == 0);
}

TEST_CASE("a step that ran inside the engine has no worker") {
  TaskRecord record = two_steps(TaskState::Complete);
  complete(record.steps[0], "1");
  record.steps[0].history[0].report.worker_pid = 0;
  CHECK(json::parse(result_object(record, {0, false, false}))["steps"][0]["worker_pid"].is_null());
}
