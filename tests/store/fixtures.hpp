#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/template_builder.hpp"
#include "tasker/store.hpp"

namespace tasker::test {

inline Uuid uuid_of(std::uint8_t seed) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(seed + i);
  return Uuid(bytes);
}
inline Uuid uuid_of_task(std::int64_t id) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[15 - i] = static_cast<std::uint8_t>(id >> (8 * i));
  return Uuid(bytes);
}
inline WallTime at_second(std::int64_t second) { return WallTime(std::chrono::seconds(second)); }

/// A template with this many independent steps.
inline SharedTemplate wide_template(std::size_t steps) {
  TemplateBuilder builder;
  for (std::size_t i = 0; i < steps; ++i) builder.step("step_" + std::to_string(i));
  return builder.build();
}

inline CreateTask creation(TaskId id, SharedTemplate task_template) {
  CreateTask create;
  create.task.id = id;
  create.task.uuid = uuid_of_task(id);
  create.task.correlation_id = uuid_of(7);
  create.task.requested_at = at_second(100);
  create.step_uuids.resize(task_template->steps.size(), uuid_of(42));
  create.task.task_template = std::move(task_template);
  return create;
}

/// The step ran once, as dispatch `dispatch`, and is complete.
inline StepChange completion(StepIndex step, DispatchId dispatch, const std::string& results = "1") {
  StepChange change;
  change.step = step;
  change.to = StepState::Complete;
  change.attempts = 1;
  change.results = JsonText::trusted(results);
  change.at = at_second(200);
  change.attempt = AttemptRecord{.dispatch = dispatch, .attempt = 1, .outcome = "complete", .report = {}, .error = {}};
  return change;
}

/// The step ran as this dispatch, failed, and waits for its retry.
inline StepChange retry(StepIndex step, DispatchId dispatch) {
  StepChange change = completion(step, dispatch);
  change.to = StepState::WaitingForRetry;
  change.results.reset();
  change.attempt->outcome = "handler_error";
  return change;
}

inline Transition transition(TaskId task, std::vector<StepChange> changes) {
  Transition transition;
  transition.task = task;
  transition.steps = std::move(changes);
  transition.at = at_second(200);
  return transition;
}

/// An error with every field set, and texts that are awkward to store.
inline ErrorInfo full_error() {
  using namespace std::string_literals;
  ErrorInfo error;
  error.kind = ErrorKind::WorkerKiller;
  error.class_name = "Payment::Déclined";
  error.message = "quote \" backslash \\ tab \t NUL \0 rocket \xf0\x9f\x9a\x80"s;
  error.backtrace = {"/app/charge.rb:3:in `process'", "", "line\nbreak"};
  error.cause = JsonText::trusted(R"({"class":"E","n":123456789012345678901234567890,"cause":{"z":1,"a":1.50}})");
  error.error_code = "card_declined";
  error.context = JsonText::trusted(R"({"amount":124.75999999999999,"b":1,"a":2})");
  error.retryable = false;
  error.retry_after = 2.5;
  error.worker = WorkerEvidence{.pid = 4711, .exit_code = 3, .signal = "SIGKILL", .last_words = "out\nof memory"};
  error.blocked_by = {"first", "zweitens ü"};
  return error;
}

}  // namespace tasker::test
