#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/run_report.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/run/takeover.hpp"
#include "cli/task_commands/commands.hpp"
#include "cli/task_commands/task_json.hpp"
#include "cli/task_commands/task_text.hpp"
#include "cli/terminal/result_table.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/watch/watch_screen.hpp"
#include "core/dag_executor.hpp"
#include "core/json_writer.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr int kWatchEveryMs = 100;

std::string object(const TaskRecord& record, bool resumable, bool as_event) {
  return task_json(record, resumable, as_event) + "\n";
}

Standing standing(store::StoreReader& reader, const TaskRecord& record) {
  if (is_settled(record.state)) return {};
  const auto owner = reader.owner(record);
  if (owner && owner->alive) return {"run by the engine with pid " + std::to_string(owner->pid), true};
  const std::string died =
      owner ? "its engine (pid " + std::to_string(owner->pid) + ") died" : std::string("interrupted");
  return {died + "; go on with: tasker task resume " + record.task.uuid.text() +
          store_words("sqlite:" + reader.path())};
}

std::string log_text(const store::StoredLog& log, const Style& style) {
  return style.dim(iso_text(log.line.at).substr(11, 12)) + "  " + one_line(log.step) + " #" +
         std::to_string(log.dispatch) + "  " +
         (log.line.level == "error" ? style.red(one_line(log.line.message)) : one_line(log.line.message)) +
         (log.line.fields.is_null() ? "" : "  " + style.dim(one_line(log.line.fields.text()))) + "\n";
}

void write_log(JsonWriter& json, const store::StoredLog& log) {
  json.begin_object().field("at", iso_text(log.line.at)).field("step", log.step).field("dispatch", log.dispatch);
  json.field("level", log.line.level).field("message", log.line.message).field("fields", log.line.fields).end_object();
}

/// What has changed since the last look.
class Watcher {
 public:
  explicit Watcher(const Console& console) : console_(console) {}
  void look(const TaskRecord& record) {
    for (StepIndex index = 0; index < record.steps.size(); ++index) {
      const WorkflowStep& step = record.steps[index];
      const std::string standing = std::string(to_string(step.state)) + " " + std::to_string(step.history.size());
      if (index < seen_.size() && seen_[index] == standing) continue;
      if (index >= seen_.size()) seen_.resize(index + 1);
      const bool news = step.state != StepState::Pending || !step.history.empty();
      seen_[index] = standing;
      if (news) tell(record, step);
    }
  }

 private:
  void tell(const TaskRecord& record, const WorkflowStep& step) const {
    if (console_.is_text()) return console_.print(step_line(step, console_.out()) + "\n");
    if (console_.options().output != OutputFormat::JsonLines) return;
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("event", "step.changed").field("at", iso_text(step.changed_at));
    json.field("task_uuid", record.task.uuid.text()).field("step", step.name).field("state", to_string(step.state));
    json.field("attempts", step.attempts);
    write_error(json.key("error"), step.error);
    json.end_object();
    console_.print(out + "\n");
  }

  const Console& console_;
  std::vector<std::string> seen_;
};

}  // namespace

ExitCode task_show(const TaskOptions& options, const Console& console) {
  const auto reader = open_reader(store_file(options.store));
  const TaskRecord record = reported(named_task(*reader, options.task));
  if (console.is_text()) {
    console.print(task_text(record, standing(*reader, record), console.out()));
  } else {
    console.print(object(record, is_resumable(*reader, record), false));
  }
  return ExitCode::Complete;
}

ExitCode task_logs(const TaskOptions& options, const Console& console) {
  const auto reader = open_reader(store_file(options.store));
  const TaskRecord record = named_task(*reader, options.task);
  const bool known = options.step.empty() || std::any_of(record.steps.begin(), record.steps.end(),
                                                         [&](const auto& step) { return step.name == options.step; });
  if (!known) throw no_such_step(record, options.step);
  const auto logs = reader->logs(record.task.id, options.step, options.log_limit);
  std::string out;
  JsonWriter json(out);
  const OutputFormat output = console.options().output;
  if (output == OutputFormat::Json) json.begin_array();
  for (const auto& log : logs) {
    if (output == OutputFormat::Text) out += log_text(log, console.out());
    if (output == OutputFormat::Json) write_log(json, log);
    if (output != OutputFormat::JsonLines) continue;
    JsonWriter line(out);
    write_log(line, log);
    out += '\n';
  }
  if (output == OutputFormat::Json) json.end_array();
  if (output == OutputFormat::Json) out += '\n';
  console.print(out);
  return ExitCode::Complete;
}

namespace {

/// None: the view has told all there is to tell, and the code is that of the command.
std::optional<ExitCode> watch_on_screen(store::StoreReader& reader, const TaskOptions& options) {
  std::optional<TaskId> task;
  if (!options.task.empty()) {
    const TaskRecord record = named_task(reader, options.task);
    if (is_settled(record.state)) return std::nullopt;
    task = record.task.id;
  }
  const WatchEnd end = watch_screen(reader, task, options.common.no_color,
                                    [&](const TaskRecord& record) { return standing(reader, record); });
  if (end.ended) return std::nullopt;
  if (end.signal == SIGINT) return ExitCode::Interrupted;
  return end.signal ? ExitCode::Terminated : ExitCode::Complete;
}

}  // namespace

ExitCode task_watch(const TaskOptions& options, const Console& console) {
  const bool on_screen = console.is_text() && console.out().tty && ::isatty(STDIN_FILENO) == 1;
  if (!on_screen && options.task.empty()) {
    throw usage_error("task watch needs a TASK where it can't show a list: this is no terminal");
  }
  const auto reader = open_reader(store_file(options.store));
  if (on_screen) {
    if (const auto code = watch_on_screen(*reader, options)) return *code;
  }
  TaskRecord record = named_task(*reader, options.task);
  Watcher watcher(console);
  watcher.look(record);
  bool told = false;
  for (auto version = reader->version(); !is_settled(record.state);) {
    if (is_resumable(*reader, record) && !std::exchange(told, true)) console.warn(standing(*reader, record).text);
    ::poll(nullptr, 0, kWatchEveryMs);
    const auto now = reader->version();
    if (now == std::exchange(version, now)) continue;
    record = *reader->load(record.task.id);
    watcher.look(record);
  }
  record = reported(std::move(record));
  if (console.is_text()) {
    console.print(result_text(record, console.out()));
    if (!console.options().quiet) {
      if (const auto advice = retry_advice(record, "sqlite:" + reader->path()); !advice.empty())
        console.say("\n" + advice);
    }
  } else {
    console.print(object(record, false, console.options().output == OutputFormat::JsonLines));
  }
  return exit_code_of(record);
}

}  // namespace tasker::cli
