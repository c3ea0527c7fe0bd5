#include "cli/run/run_report.hpp"

#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/store_choice.hpp"
#include "cli/terminal/result_table.hpp"
#include "core/reopen.hpp"

namespace tasker::cli {

namespace {

std::string interrupted_text(const RunResult& result, const std::string& store_url, const Console& console) {
  const std::string way_on =
      result.record ? ": tasker task resume " + result.record->task.uuid.text() + store_words(store_url) : "";
  return console.err().magenta("interrupted by " + signal_name(result.signal)) +
         (result.resumable ? "; the task can be resumed" + way_on + "\n"
                           : "; the task was kept in memory only and can't be resumed\n");
}

void report(const RunResult& result, ExitCode code, const Console& console, RunView& view) {
  if (console.is_text()) {
    view.print(result_text(*result.record, console.out()));
  } else {
    const bool event = console.options().output == OutputFormat::JsonLines;
    view.print(result_object(*result.record, {to_int(code), result.resumable, event}) + "\n");
  }
}

/// The task's record says how it ended; everything else that ends a run is an error of the command.
bool is_told_by_record(const RunResult& result) {
  return result.record && (result.end == RunEnd::TaskEnded || result.end == RunEnd::Interrupted);
}

}  // namespace

std::string retry_advice(const TaskRecord& record, const std::string& store_url) {
  if (!store_path(store_url)) return "";
  const auto decided = retry(record, std::nullopt);
  if (!is_settled(record.state) || !std::holds_alternative<Reopening>(decided)) return "";
  const std::string uuid = record.task.uuid.text();
  return "run again what failed: tasker task retry " + uuid + store_words(store_url) + "\n";
}

ExitCode tell_end(const RunResult& result, const std::string& what, const std::string& store_url,
                  const Console& console, RunView& view) {
  view.end_progress();
  if (!is_told_by_record(result)) {
    view.finish();
    throw run_error(result, what);
  }
  const ExitCode code = exit_code_of(result);
  report(result, code, console, view);
  view.finish();
  if (console.is_text() && result.end == RunEnd::Interrupted) console.say(interrupted_text(result, store_url, console));
  if (console.is_text() && result.end == RunEnd::TaskEnded && !console.options().quiet) {
    if (const std::string advice = retry_advice(*result.record, store_url); !advice.empty()) console.say("\n" + advice);
  }
  if (view.dropped_events() > 0) {
    console.warn(std::to_string(view.dropped_events()) +
                 " progress and log events were dropped: stdout was read too slowly");
  }
  return code;
}

}  // namespace tasker::cli
