#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "support/template_builder.hpp"
#include "tasker/task.hpp"

namespace tasker::test {

inline WallTime moment(std::chrono::milliseconds after_start = {}) {
  using namespace std::chrono;
  return WallTime(sys_days(year{2026} / 1 / 31) + hours(12) + after_start);
}

inline SharedError error_of(ErrorKind kind, const std::string& class_name, const std::string& message) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = kind;
  error->class_name = class_name;
  error->message = message;
  error->retryable = kind != ErrorKind::PermanentError;
  return error;
}

/// A record of a run, all of its steps pending; tests bring the steps to where they want them.
inline TaskRecord record_of(const SharedTemplate& task_template, TaskState state = TaskState::Complete) {
  TaskRecord record;
  record.task.id = 1;
  record.task.task_template = task_template;
  record.state = state;
  record.started_at = moment();
  record.finished_at = moment(std::chrono::milliseconds(1300));
  for (StepIndex i = 0; i < task_template->steps.size(); ++i) {
    WorkflowStep step;
    step.name = task_template->steps[i].name;
    step.template_index = i;
    step.dependencies = task_template->steps[i].dependencies;
    record.steps.push_back(std::move(step));
  }
  return record;
}

inline void run_step(WorkflowStep& step, StepState state, std::chrono::milliseconds took, std::uint32_t attempts = 1) {
  step.state = state;
  step.attempts = attempts;
  step.started_at = moment();
  step.finished_at = moment(took);
  AttemptRecord last;
  last.dispatch = attempts;
  last.attempt = static_cast<int>(attempts);
  last.outcome = state == StepState::Complete ? "complete" : "handler_error";
  last.report.worker_pid = 4321;
  last.report.queued = std::chrono::microseconds(100);
  last.report.duration = took;
  last.report.started_at = moment();
  step.history.push_back(std::move(last));
}

inline void complete(WorkflowStep& step, std::string results,
                     std::chrono::milliseconds took = std::chrono::milliseconds(12)) {
  run_step(step, StepState::Complete, took);
  step.results = JsonText::trusted(std::move(results));
}

inline void fail(WorkflowStep& step, SharedError error, std::uint32_t attempts = 1) {
  run_step(step, StepState::Error, std::chrono::milliseconds(2500), attempts);
  step.error = std::move(error);
}

inline void block(WorkflowStep& step, const std::string& by) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::Blocked;
  error->message = "blocked by " + by;
  error->blocked_by = {by};
  step.error = std::move(error);
}

}  // namespace tasker::test
