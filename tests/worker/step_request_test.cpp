#include "worker/step_request.hpp"

#include <malloc.h>

#include <nlohmann/json.hpp>

#include "core/dag_executor.hpp"
#include "support/template_builder.hpp"
#include "worker/step_hashes.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

Task task_of(const SharedTemplate& built, std::string context) {
  Task task;
  task.id = 3;
  task.task_template = built;
  task.context = JsonText::trusted(std::move(context));
  task.requested_at = WallTime(std::chrono::seconds(1'700'000'000));
  return task;
}

}  // namespace

TEST_SUITE_BEGIN("step request");

TEST_CASE("the context and the ancestors' results travel as their own text, digit by digit") {
  const auto built = TemplateBuilder().step("a").step("b", {"a"}).step("c", {"b"}).build();
  DagExecutor executor(task_of(built, R"({"z":4738381338321616896,"a":124.75999999999999})"), std::vector<Uuid>(3));
  const Times now;
  for (const StepIndex step : {0u, 1u}) {
    executor.ready(now.steady);
    executor.start(step, step + 1, now);
    executor.committed(
        executor.finish(step, Succeeded{JsonText::trusted(R"({"b":1.0,"a":[1 ,2]})"), {}, {}}, {}, now, 0.5),
        now.steady);
  }
  worker::StepRequestWriter writer("staging");
  const std::string params = writer.params(StepContext(executor, 2, 9, 2), 90s, now.wall);
  CHECK(params.find(R"("context":{"z":4738381338321616896,"a":124.75999999999999})") != std::string::npos);
  CHECK(params.find(R"("results":{"b":1.0,"a":[1 ,2]},"dependency":false)") != std::string::npos);
  const json parsed = json::parse(params);
  CHECK(parsed["sequence"]["steps"].size() == 2);
  CHECK(parsed["sequence"]["steps"][1]["name"] == "b");
  CHECK(parsed["sequence"]["steps"][1]["dependency"] == true);
  CHECK(parsed["sequence"]["total_steps"] == 3);
  CHECK(parsed["sequence"]["current_position"] == 2);
  CHECK(parsed["attempt"] == 2);
  CHECK(parsed["timeout_ms"] == 90000);
  CHECK(parsed["environment"] == "staging");
}

TEST_CASE("what is kept of the tasks written last does not grow with their contexts") {
  const auto built = TemplateBuilder().step("a").build();
  worker::StepRequestWriter writer("test");
  const std::string context = R"({"pad":")" + std::string(1'000'000, 'x') + R"("})";
  const Times now;
  const auto in_use = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::size_t before = in_use();
  for (TaskId id = 1; id <= 50; ++id) {
    Task task = task_of(built, context);
    task.id = id;
    const DagExecutor executor(std::move(task), std::vector<Uuid>(1));
    CHECK(writer.params(StepContext(executor, 0, 1, 1), 90s, now.wall).size() > context.size());
  }
  CHECK(in_use() < before + 2 * context.size());
}

TEST_CASE("a batch worker gets its own cursor as inputs, and its batchable step's results without the others'") {
  const auto built = TemplateBuilder()
                         .step("cut")
                         .type(StepType::Batchable)
                         .step("work", {"cut"})
                         .type(StepType::BatchWorker)
                         .step("sum", {"work"})
                         .build();
  DagExecutor executor(task_of(built, "{}"), std::vector<Uuid>(3));
  const Times now;
  const auto run = [&](StepIndex step, std::string results) {
    executor.ready(now.steady);
    executor.start(step, step + 1, now);
    executor.committed(executor.finish(step, Succeeded{JsonText::trusted(std::move(results)), {}, {}}, {}, now, 0.5),
                       now.steady);
  };
  run(0, R"({"file":"a.csv","batch_processing_outcome":{"type":"create_batches","cursor_configs":[{"batch_id":"x"},)"
         R"({"batch_id":"y"}],"total_items":2},"n":1.50})");
  worker::StepRequestWriter writer("production");
  const std::string params = writer.params(StepContext(executor, 2, 2, 1), 90s, now.wall);
  CHECK(params.find(R"("results":{"file":"a.csv","batch_processing_outcome":{"type":"create_batches",)"
                    R"("cursor_configs":[],"total_items":2},"n":1.50})") != std::string::npos);
  const json parsed = json::parse(params);
  CHECK(parsed["step"]["name"] == "work_y");
  CHECK(parsed["step"]["template_step_name"] == "work");
  CHECK(parsed["step"]["inputs"]["cursor"] == json::parse(R"({"batch_id":"y"})"));
  run(1, "1");
  run(2, "2");
  const std::string sum = writer.params(StepContext(executor, 3, 9, 1), 90s, now.wall);
  CHECK(sum.find(R"("cursor_configs":[{"batch_id":"x"},{"batch_id":"y"}])") != std::string::npos);
}

TEST_CASE("the hashes carry every field that handlers of the originals read") {
  const auto built = TemplateBuilder().step("a").build();
  DagExecutor executor(task_of(built, "{}"), std::vector<Uuid>(1));
  worker::StepRequestWriter writer("production");
  const json parsed = json::parse(writer.params(StepContext(executor, 0, 1, 1), 600s, WallTime()));
  for (const char* field : {"task_id",
                            "named_task_id",
                            "complete",
                            "requested_at",
                            "initiator",
                            "source_system",
                            "reason",
                            "bypass_steps",
                            "tags",
                            "context",
                            "identity_hash",
                            "created_at",
                            "updated_at",
                            "task_uuid",
                            "name",
                            "namespace_name",
                            "version",
                            "correlation_id",
                            "parent_correlation_id",
                            "priority",
                            "named_task_uuid"}) {
    CAPTURE(field);
    CHECK(parsed["task"].contains(field));
  }
  for (const char* field : {"workflow_step_id",
                            "task_id",
                            "named_step_id",
                            "retryable",
                            "retry_limit",
                            "in_process",
                            "processed",
                            "processed_at",
                            "attempts",
                            "last_attempted_at",
                            "backoff_request_seconds",
                            "inputs",
                            "results",
                            "skippable",
                            "created_at",
                            "updated_at",
                            "name",
                            "workflow_step_uuid",
                            "task_uuid",
                            "max_attempts",
                            "checkpoint",
                            "idempotency_key",
                            "attempt",
                            "deadline"}) {
    CAPTURE(field);
    CHECK(parsed["step"].contains(field));
  }
  CHECK(parsed["step"]["attempts"] == 0);
  CHECK(parsed["step_definition"]["handler"]["callable"] == "a");
  CHECK(parsed["step_definition"]["retry"]["backoff"] == "exponential");
}

TEST_CASE("names have the same numbers in every process, and different names different ones") {
  const auto number = [](const std::string& step) {
    DagExecutor executor(task_of(TemplateBuilder().step(step).build(), "{}"), std::vector<Uuid>(1));
    worker::StepRequestWriter writer("production");
    return json::parse(writer.params(StepContext(executor, 0, 1, 1), 1s, WallTime()))["step"]["named_step_id"]
        .get<std::int64_t>();
  };
  CHECK(number("charge") == number("charge"));
  CHECK(number("charge") != number("ship"));
  CHECK(number("charge") > 0);
}

TEST_CASE("steps of different tasks have different numbers") {
  CHECK(worker::workflow_step_id(1, 999'999) < worker::workflow_step_id(2, 0));
}

/// What a runner makes of a definition and a request that refers to it (docs/protocol.md).
json put_together(const json& definition, json request) {
  json whole = definition;
  for (const char* part : {"task", "step"}) {
    whole[part].update(request[part]);
    request.erase(part);
  }
  request.erase("definition_ref");
  whole.update(request);
  json &task = whole["task"], &step = whole["step"];
  task["created_at"] = task["updated_at"] = task["requested_at"];
  step["created_at"] = step["updated_at"] = task["requested_at"];
  for (const char* id : {"task_id", "task_uuid"}) step[id] = task[id];
  if (!step.contains("attempts")) step["attempts"] = step["attempt"].get<int>() - 1;
  whole["attempt"] = step["attempt"];
  whole["idempotency_key"] = step["idempotency_key"] = step["workflow_step_uuid"];
  whole["trace"] = {{"correlation_id", task["correlation_id"]}, {"trace_id", nullptr}, {"span_id", nullptr}};
  return whole;
}

TEST_CASE("a definition and the request that refers to it are the whole request, whatever the step has been through") {
  const auto built = TemplateBuilder()
                         .step("cut")
                         .type(StepType::Batchable)
                         .step("work", {"cut"})
                         .type(StepType::BatchWorker)
                         .step("sum", {"work"})
                         .build();
  DagExecutor executor(task_of(built, R"({"n":1})"), std::vector<Uuid>(3));
  const Times now;
  worker::StepRequestWriter writer("production");
  const auto compare = [&](StepIndex step, int attempt) {
    const StepContext context(executor, step, 9, attempt);
    const auto definition = writer.definition(context, 90s);
    const json slim = json::parse(writer.params(context, 90s, now.wall, {std::nullopt, definition.id}));
    CHECK(slim["definition_ref"] == definition.id);
    const json whole = json::parse(writer.params(context, 90s, now.wall));
    CHECK(put_together(json::parse(definition.text.text()), slim) == whole);
    return whole;
  };
  executor.ready(now.steady);
  CHECK(compare(0, 1)["step"]["last_attempted_at"] == nullptr);
  executor.start(0, 1, now);
  executor.committed(executor.finish(0, Yielded{JsonText::trusted(R"({"cursor":5})")}, {}, now, 0.5), now.steady);
  CHECK(compare(0, 1)["step"]["checkpoint"]["cursor"] == 5);
  executor.ready(now.steady);
  executor.start(0, 2, now);
  auto error = std::make_shared<ErrorInfo>();
  error->retryable = true;
  executor.committed(executor.finish(0, Failed{std::move(error)}, {}, now, 0.5), now.steady);
  CHECK(compare(0, 2)["step"]["last_attempted_at"] != nullptr);
  executor.ready(now.steady + 1h);
  executor.start(0, 3, now);
  executor.committed(
      executor.finish(0,
                      Succeeded{JsonText::trusted(R"({"batch_processing_outcome":{"type":"create_batches",)"
                                                  R"("cursor_configs":[{"batch_id":"x"},{"batch_id":"y"}]}})"),
                                {},
                                {}},
                      {}, now, 0.5),
      now.steady);
  const json worker = compare(2, 1);
  CHECK(worker["step"]["name"] == "work_y");
  CHECK(worker["step"]["inputs"]["cursor"]["batch_id"] == "y");
}

TEST_CASE(
    "a definition is known by its text: by the same number from another template, by another one once it differs") {
  const auto definition = [](worker::StepRequestWriter& writer, const SharedTemplate& of, Duration timeout = 90s) {
    DagExecutor executor(task_of(of, "{}"), std::vector<Uuid>(of->steps.size()));
    return writer.definition(StepContext(executor, 0, 1, 1), timeout);
  };
  worker::StepRequestWriter writer("production");
  const auto first = TemplateBuilder().step("a").build();
  const auto same = definition(writer, first);
  CHECK(definition(writer, first).id == same.id);
  CHECK(definition(writer, TemplateBuilder().step("a").build()).id == same.id);
  CHECK(definition(writer, TemplateBuilder().step("b").build()).id != same.id);
  const auto longer = definition(writer, first, 91s);
  CHECK(longer.id != same.id);
  CHECK(json::parse(longer.text.text())["timeout_ms"] == 91000);
  CHECK(definition(writer, first).id == same.id);
}

TEST_CASE("templates come and go: no definition is taken for another one's, and what is kept is bounded") {
  worker::StepRequestWriter writer("production");
  for (int i = 0; i < 3000; ++i) {
    const std::string name = "s" + std::to_string(i);
    DagExecutor executor(task_of(TemplateBuilder().step(name).build(), "{}"), std::vector<Uuid>(1));
    const auto& definition = writer.definition(StepContext(executor, 0, 1, 1), 90s);
    REQUIRE(definition.id == i + 1);
    REQUIRE(definition.text.text().find("\"callable\":\"" + name + "\"") != std::string::npos);
  }
}

TEST_SUITE_END();
