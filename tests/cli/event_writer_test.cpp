#include "cli/run/event_writer.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <set>
#include <variant>

#include "cli/sample_runs.hpp"
#include "cli/schema/schema.hpp"
#include "tasker/template_loader.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// Every line that a test looks at fits what `tasker schema event` promises.
json told(const Event& event) {
  TaskTemplate promised;
  promised.input_schema = JsonText::trusted(schema_text("event"));
  const std::string line = event_line(event, moment());
  for (const std::string& problem : check_input(promised, JsonText::trusted(line))) FAIL_CHECK(problem, "\n", line);
  return json::parse(line);
}

struct Sample {
  Sample() {
    complete(record.steps[0], "{\"n\":124.75999999999999}");
    fail(record.steps[1], error_of(ErrorKind::PermanentError, "Boom", "no way"), 2);
  }
  TaskRecord record = record_of(TemplateBuilder().step("a").step("b", {"a"}).build(), TaskState::Error);
};

}  // namespace

TEST_CASE("a failure and its retry carry the error") {
  const Sample s;
  const json failed = told(StepFailed{s.record.task, s.record.steps[1]});
  CHECK(failed["event"] == "step.failed");
  CHECK(failed["step"] == "b");
  CHECK(failed["attempts"] == 2);
  CHECK(failed["error"]["class"] == "Boom");
  const json retry = told(RetryScheduled{s.record.task, s.record.steps[1], 1500ms});
  CHECK(retry["event"] == "step.retry_scheduled");
  CHECK(retry["delay_ms"] == 1500.0);
  CHECK(retry["error"]["message"] == "no way");
}

TEST_CASE("what a handler prints is an event, whatever bytes it printed") {
  const Sample s;
  const StepLog log{"warn", "a \"quote\"\n\x01\xff", JsonText::trusted("{\"k\":1}")};
  const json line = told(StepLogged{s.record.task, s.record.steps[0], log});
  CHECK(line["event"] == "step.log");
  CHECK(line["level"] == "warn");
  CHECK(line["message"] == "a \"quote\"\n\x01\xEF\xBF\xBD");
  CHECK(line["fields"]["k"] == 1);
  CHECK(told(WorkerLogged{1, 5, "hi"})["event"] == "worker.log");
}

TEST_CASE("created steps are counted, beside the step that brought them") {
  const Sample s;
  const json line = told(StepsCreated{s.record.task, s.record.steps[0], 1, s.record.steps});
  CHECK(line["event"] == "steps.created");
  CHECK(line["step"] == "a");
  CHECK(line["count"] == 1);
  CHECK(line["total"] == s.record.steps.size());
}

TEST_CASE("every event has its name, its time and its task") {
  const Sample s;
  const Task& task = s.record.task;
  const WorkflowStep& step = s.record.steps[0];
  const StepProgress progress{40.5, "half"};
  const std::vector<std::pair<Event, std::string>> events{
      {TaskStarted{task, s.record.steps}, "task.started"},
      {StepStarted{task, step, 1, 77}, "step.started"},
      {StepProgressed{task, step, progress}, "step.progress"},
      {StepCompleted{task, step}, "step.completed"},
      {TaskEnded{s.record}, "task.failed"},
  };
  for (const auto& [event, name] : events) {
    CAPTURE(name);
    const json line = told(event);
    CHECK(line["event"] == name);
    CHECK(line["at"] == "2026-01-31T12:00:00.000000Z");
    CHECK(line["task_uuid"].get<std::string>().size() == 36);
  }
  CHECK(told(events[0].first)["steps"] == 2);
  CHECK(told(events[1].first)["worker_pid"] == 77);
  CHECK(told(events[2].first)["percent"] == 40.5);
  CHECK(event_line(events[3].first, moment()).find("\"results\":{\"n\":124.75999999999999}") != std::string::npos);
}

TEST_CASE("a task's end is named by its state") {
  const auto ended = [](TaskState state) {
    const TaskRecord record = record_of(TemplateBuilder().step("a").build(), state);
    return told(TaskEnded{record})["event"].get<std::string>();
  };
  CHECK(ended(TaskState::Complete) == "task.completed");
  CHECK(ended(TaskState::Error) == "task.failed");
  CHECK(ended(TaskState::Cancelled) == "task.cancelled");
  CHECK(ended(TaskState::BlockedByFailures) == "task.failed");
}

TEST_CASE("workers come and go") {
  CHECK(told(WorkerStarted{1, 77, 12ms})["boot_ms"] == 12.0);
  const json gone = told(WorkerExited{1, 77, "killed by SIGSEGV", false});
  CHECK(gone["event"] == "worker.exited");
  CHECK(gone["how"] == "killed by SIGSEGV");
  CHECK(gone["expected"] == false);
  CHECK(gone["restart_in_ms"] == nullptr);
  const json crashed = told(WorkerExited{2, 77, "exit 1", false, WorkerEndKind::DiedInStep, 100ms});
  CHECK(crashed["kind"] == "died_in_step");
  CHECK(crashed["restart_in_ms"] == 100.0);
  CHECK(crashed["canary"] == false);
  CHECK(told(WorkerExited{3, 78, "exit 1", false, WorkerEndKind::BootFailed, {}, {}, true})["canary"] == true);
  CHECK(told(WorkerStarting{1, 77, 3})["generation"] == 3);
  const json recycled = told(WorkerRecycled{1, 77, RecycleReason::MaxRss, "holds 300 MB"});
  CHECK(recycled["reason"] == "max_rss");
  CHECK(recycled["why"] == "holds 300 MB");
}

TEST_CASE("what holds workers up, and new code, are events with the reason in them") {
  BootReport report;
  report.message = "a.rb:3: SyntaxError";
  report.file = "a.rb";
  report.line = 3;
  const json held = told(WorkersHeld{report, 30s, 2});
  CHECK(held["serving"] == 2);
  CHECK(held["event"] == "workers.held");
  CHECK(held["message"] == "a.rb:3: SyntaxError");
  CHECK(held["probe_in_ms"] == 30'000.0);
  CHECK(told(WorkersReleased{})["event"] == "workers.released");
  CHECK(told(WorkersCodeLoaded{2})["generation"] == 2);
  const json rejected = told(WorkersCodeRejected{3, 2, report});
  CHECK(rejected["event"] == "workers.code_rejected");
  CHECK(rejected["serving"] == 2);
  CHECK(rejected["file"] == "a.rb");
  CHECK(rejected["line"] == 3);
}

TEST_CASE("whatever the engine tells of, its line fits the schema of events") {
  const Sample s;
  const Task& task = s.record.task;
  const WorkflowStep& step = s.record.steps[1];
  const StepProgress progress{std::nullopt, "half"};
  const StepLog log{"info", "hi", JsonText()};
  BootReport report;
  report.message = "no ruby";
  const StoreError taken{"another engine has it", StoreError::Kind::NotOwner};
  const std::vector<Event> events{
      TaskStarted{task, s.record.steps},
      StepStarted{task, step, 1, 0},
      StepProgressed{task, step, progress},
      StepLogged{task, step, log},
      StepCompleted{task, step},
      StepFailed{task, step},
      RetryScheduled{task, step, 1s},
      StepsCreated{task, step, 1, s.record.steps},
      TaskEnded{s.record},
      TaskDropped{task, taken},
      WorkerStarting{1, 7, 1},
      WorkerStarted{1, 7, 1ms},
      WorkerRecycled{1, 7, RecycleReason::IdleTtl, "idle"},
      WorkerExited{1, 7, "killed by SIGKILL", false, WorkerEndKind::DiedIdle, 1s, {7, {}, "SIGKILL", "bye", 9}},
      WorkersHeld{report, 30s},
      WorkersReleased{},
      WorkersCodeLoaded{2},
      WorkersCodeRejected{2, 1, report},
      WorkerLogged{0, 7, "hi"},
  };
  std::set<std::size_t> kinds;
  for (const Event& event : events) {
    kinds.insert(event.index());
    CHECK_FALSE(told(event)["event"].get<std::string>().empty());
  }
  CHECK(kinds.size() == std::variant_size_v<Event>);
}

TEST_CASE("each event is one line, and only chatter may be dropped") {
  const Sample s;
  std::vector<std::pair<std::string, bool>> lines;
  EventWriter writer([&](std::string line, bool droppable) { lines.emplace_back(std::move(line), droppable); });
  const StepLog log{"info", "two\nlines", {}};
  writer.on_event(StepCompleted{s.record.task, s.record.steps[0]}, moment());
  writer.on_event(StepLogged{s.record.task, s.record.steps[0], log}, moment());
  REQUIRE(lines.size() == 2);
  CHECK_FALSE(lines[0].second);
  CHECK(lines[1].second);
  CHECK(std::count(lines[1].first.begin(), lines[1].first.end(), '\n') == 1);
  CHECK(lines[1].first.back() == '\n');
}
