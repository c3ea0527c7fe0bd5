#include "cli/run/event_writer.hpp"

#include <type_traits>

#include "cli/run/result_object.hpp"
#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

/// Writes one event object; one overload per kind of event.
class EventLine {
 public:
  EventLine(std::string& out, WallTime at) : json_(out), at_(at) {}

  void operator()(const TaskStarted& event) {
    const TaskTemplate& made_of = *event.task.task_template;
    begin("task.started", event.task).field("namespace", made_of.namespace_name).field("name", made_of.name);
    json_.field("version", made_of.version).field("steps", static_cast<std::uint64_t>(made_of.steps.size()));
  }
  void operator()(const StepStarted& event) {
    begin("step.started", event.task, event.step).field("attempt", event.attempt);
    event.worker_pid > 0 ? json_.field("worker_pid", event.worker_pid) : json_.null_field("worker_pid");
  }
  void operator()(const StepProgressed& event) {
    begin("step.progress", event.task, event.step);
    event.progress.percent ? json_.field("percent", *event.progress.percent) : json_.null_field("percent");
    json_.field("message", event.progress.message);
  }
  void operator()(const StepLogged& event) {
    begin("step.log", event.task, event.step).field("level", event.log.level).field("message", event.log.message);
    json_.field("fields", event.log.fields);
  }
  void operator()(const StepCompleted& event) {
    begin("step.completed", event.task, event.step).field("attempts", event.step.attempts);
    duration(event.step);
    json_.field("results", event.step.results);
  }
  void operator()(const StepFailed& event) {
    begin("step.failed", event.task, event.step).field("attempts", event.step.attempts);
    duration(event.step);
    write_error(json_.key("error"), event.step.error);
  }
  void operator()(const RetryScheduled& event) {
    begin("step.retry_scheduled", event.task, event.step).field("attempts", event.step.attempts);
    json_.field("delay_ms", milliseconds(event.delay));
    write_error(json_.key("error"), event.step.error);
  }
  void operator()(const StepsCreated& event) {
    begin("steps.created", event.task, event.by).field("count", static_cast<std::uint64_t>(event.count));
    json_.field("total", static_cast<std::uint64_t>(event.steps.size()));
  }
  void operator()(const TaskEnded& event) {
    const TaskState state = event.record.state;
    const char* name = state == TaskState::Complete    ? "task.completed"
                       : state == TaskState::Cancelled ? "task.cancelled"
                                                       : "task.failed";
    begin(name, event.record.task).field("state", to_string(state));
    write_error(json_.key("error"), event.record.error);
  }
  void operator()(const WorkerStarting& event) {
    begin("worker.starting").field("worker", event.worker).field("pid", event.pid);
    json_.field("generation", event.generation);
  }
  void operator()(const TaskDropped& event) { begin("task.dropped", event.task).field("message", event.why.message); }
  void operator()(const WorkerStarted& event) {
    begin("worker.started").field("worker", event.worker).field("pid", event.pid);
    json_.field("boot_ms", milliseconds(event.boot)).field("generation", event.generation);
  }
  void operator()(const WorkerRecycled& event) {
    begin("worker.recycled").field("worker", event.worker).field("pid", event.pid);
    json_.field("reason", to_string(event.reason)).field("why", event.why);
  }
  void operator()(const WorkerExited& event) {
    begin("worker.exited").field("worker", event.worker).field("pid", event.pid).field("how", event.how);
    json_.field("expected", event.expected).field("kind", to_string(event.kind)).field("canary", event.canary);
    event.restart_in ? json_.field("restart_in_ms", milliseconds(*event.restart_in))
                     : json_.null_field("restart_in_ms");
    write_worker(json_.key("worker_end"), event.evidence);
  }
  void operator()(const WorkersHeld& event) {
    begin("workers.held").field("message", event.report.message).field("probe_in_ms", milliseconds(event.probe_in));
    json_.field("serving", event.serving);
  }
  void operator()(const WorkersReleased&) { begin("workers.released"); }
  void operator()(const WorkersCodeLoaded& event) {
    begin("workers.code_loaded").field("generation", event.generation);
  }
  void operator()(const WorkersCodeRejected& event) {
    begin("workers.code_rejected").field("generation", event.generation).field("serving", event.serving);
    json_.field("message", event.report.message).field_or_null("file", event.report.file);
    event.report.line > 0 ? json_.field("line", event.report.line) : json_.null_field("line");
  }
  void operator()(const WorkerLogged& event) {
    begin("worker.log").field("worker", event.worker).field("pid", event.pid).field("message", event.line);
  }

 private:
  JsonWriter& begin(const char* name) { return json_.begin_object().field("event", name).field("at", iso_text(at_)); }
  JsonWriter& begin(const char* name, const Task& task) { return begin(name).field("task_uuid", task.uuid.text()); }
  JsonWriter& begin(const char* name, const Task& task, const WorkflowStep& step) {
    return begin(name, task).field("step", step.name).field("step_uuid", step.uuid.text());
  }
  void duration(const WorkflowStep& step) {
    step.history.empty() ? json_.null_field("duration_ms")
                         : json_.field("duration_ms", milliseconds(step.history.back().report.duration));
  }

  JsonWriter json_;
  WallTime at_;
};

}  // namespace

bool is_droppable(const Event& event) {
  return std::holds_alternative<StepProgressed>(event) || std::holds_alternative<StepLogged>(event) ||
         std::holds_alternative<WorkerLogged>(event);
}

std::string event_line(const Event& event, WallTime at) {
  std::string out;
  EventLine line(out, at);
  std::visit(line, event);
  return out += '}';
}

void EventWriter::on_event(const Event& event, WallTime at) {
  sink_(event_line(event, at) + '\n', is_droppable(event));
}

}  // namespace tasker::cli
