#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tasker/events.hpp"

namespace tasker::test {

/// Remembers events as short words, e.g. "step.started a#1", and the record of the task that ended last.
class RecordingObserver final : public Observer {
 public:
  void on_event(const Event& event, WallTime) override {
    std::visit([this](const auto& what) { note(what); }, event);
  }

  std::vector<std::string> words;
  std::optional<TaskRecord> ended;
  std::size_t serving_when_held = 0;

 private:
  void note(const TaskStarted& e) { words.push_back("task.started " + e.task.task_template->name); }
  void note(const StepStarted& e) { words.push_back("step.started " + e.step.name + "#" + std::to_string(e.attempt)); }
  void note(const StepProgressed& e) { words.push_back("step.progress " + e.step.name + ": " + e.progress.message); }
  void note(const StepLogged& e) { words.push_back("step.log " + e.step.name + ": " + e.log.message); }
  void note(const StepCompleted& e) { words.push_back("step.completed " + e.step.name); }
  void note(const StepFailed& e) { words.push_back("step.failed " + e.step.name); }
  void note(const RetryScheduled& e) { words.push_back("step.retry_scheduled " + e.step.name); }
  void note(const StepsCreated& e) {
    words.push_back("steps.created " + e.by.name + ": " + std::to_string(e.count) + " of " +
                    std::to_string(e.steps.size()));
  }
  void note(const TaskEnded& e) {
    words.push_back("task." + std::string(to_string(e.record.state)));
    ended = e.record;
  }
  void note(const TaskDropped& e) { words.push_back("task.dropped " + e.why.message); }
  void note(const WorkerStarting&) {}
  void note(const WorkerRecycled& e) {
    words.push_back("worker.recycled " + std::to_string(e.worker) + ": " + std::string(to_string(e.reason)));
  }
  void note(const WorkersHeld& e) {
    words.push_back("workers.held " + e.report.message);
    serving_when_held = e.serving;
  }
  void note(const WorkersReleased&) { words.push_back("workers.released"); }
  void note(const WorkersCodeLoaded& e) { words.push_back("workers.code_loaded " + std::to_string(e.generation)); }
  void note(const WorkersCodeRejected& e) {
    words.push_back("workers.code_rejected " + std::to_string(e.generation) + ": " + e.report.message);
  }
  void note(const WorkerStarted& e) { words.push_back("worker.started " + std::to_string(e.worker)); }
  void note(const WorkerExited& e) { words.push_back("worker.exited " + std::to_string(e.worker) + ": " + e.how); }
  void note(const WorkerLogged& e) { words.push_back("worker.log " + std::to_string(e.worker) + ": " + e.line); }
};

}  // namespace tasker::test
