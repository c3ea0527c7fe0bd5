#include "cli/terminal/task_lines.hpp"

#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

std::string text_line(const TaskRecord& record, ExitCode code, const Style& style) {
  const std::string state(to_string(record.state));
  std::string out = code == ExitCode::Complete ? style.green(state) : style.red(state);
  if (record.task.line.value_or(0) > 0) out = "line " + std::to_string(*record.task.line) + ": " + out;
  out += "  " + one_line(record.task.task_template->name) + "  " + style.dim(record.task.uuid.text());
  if (record.started_at && record.finished_at) out += "  " + human_text(*record.finished_at - *record.started_at);
  for (const WorkflowStep& step : record.steps) {
    if (step.state != StepState::Error) continue;
    out += "  " + one_line(step.name) + ": " + one_line(error_headline(step.error));
    break;
  }
  return out + "\n";
}

}  // namespace

void TaskLines::on_event(const Event& event, WallTime at) {
  if (view_) view_->on_event(event, at);
  if (std::holds_alternative<TaskStarted>(event)) ++under_way_;
  if (const auto* end = std::get_if<TaskEnded>(&event)) {
    if (under_way_ > 0) --under_way_;
    ended(end->record);
  }
  if (const auto* dropped = std::get_if<TaskDropped>(&event)) {
    const bool duplicate = dropped->why.kind == StoreError::Kind::DuplicateKey;
    refused(dropped->task.line.value_or(0), duplicate ? ExitCode::DuplicateKey : ExitCode::StoreFailed,
            duplicate ? "duplicate_key" : "store_unavailable", dropped->why.message);
  }
}

void TaskLines::ended(const TaskRecord& record) {
  const ExitCode code = exit_code_of(record);
  code == ExitCode::Complete ? ++complete_ : ++failed_;
  if (console_.is_text()) {
    if (!console_.options().quiet || code != ExitCode::Complete) print(text_line(record, code, console_.out()));
  } else {
    print(result_object(record, {to_int(code), false, console_.options().output == OutputFormat::JsonLines}) + "\n");
  }
  if (on_end_) on_end_(record);
}

void TaskLines::refused(std::int64_t line, ExitCode code, std::string_view kind, const std::string& message) {
  ++failed_;
  std::string out;
  if (console_.is_text()) {
    if (line > 0) out = "line " + std::to_string(line) + ": ";
    print(out + console_.out().red("refused") + "  " + one_line(message) + "\n");
    return;
  }
  JsonWriter json(out);
  json.begin_object();
  if (console_.options().output == OutputFormat::JsonLines) json.field("event", "task.result");
  json.field("status", "error").field("exit_code", to_int(code));
  line > 0 ? json.field("line", line) : json.null_field("line");
  json.key("error").begin_object().field("kind", kind).field("message", message).key("details").begin_array();
  json.end_array().end_object().end_object();
  print(out + "\n");
}

void TaskLines::print(std::string text) {
  if (view_) view_->print(std::move(text));
}

std::string TaskLines::summary() const {
  const std::uint64_t total = complete_ + failed_ + skipped_;
  std::string out = std::to_string(total) + (total == 1 ? " task: " : " tasks: ") + std::to_string(complete_) +
                    " complete, " + std::to_string(failed_) + " failed";
  if (skipped_ > 0) out += ", " + std::to_string(skipped_) + " had ended before";
  return out + "\n";
}

}  // namespace tasker::cli
