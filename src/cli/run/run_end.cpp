#include "cli/run/run_end.hpp"

#include <csignal>

#include "cli/run/workflow_files.hpp"
#include "cli/terminal/boot_report.hpp"
#include "cli/text/short_path.hpp"

namespace tasker::cli {

namespace {

ExitCode interrupt_code(int signal) {
  if (signal == SIGHUP) return ExitCode::HungUp;
  return signal == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
}

}  // namespace

std::string signal_name(int number) {
  if (number == SIGHUP) return "SIGHUP";
  if (number == SIGINT) return "SIGINT";
  if (number == SIGTERM) return "SIGTERM";
  return "signal " + std::to_string(number);
}

ExitCode exit_code_of(const TaskRecord& record) {
  switch (record.state) {
    case TaskState::Complete:
    case TaskState::ResolvedManually:
      return ExitCode::Complete;
    case TaskState::Cancelled:
      return ExitCode::Cancelled;
    case TaskState::BlockedByFailures:
      return ExitCode::Blocked;
    case TaskState::Error:
      return record.error && record.error->kind == ErrorKind::Timeout ? ExitCode::TimedOut : ExitCode::TaskFailed;
    default:
      return ExitCode::Bug;  // a run that says "ended" with a task that has not
  }
}

ExitCode exit_code_of(const RunResult& result) {
  switch (result.end) {
    case RunEnd::TaskEnded:
      return result.record ? exit_code_of(*result.record) : ExitCode::Bug;
    case RunEnd::Interrupted:
      return interrupt_code(result.signal);
    case RunEnd::WorkersFailed:
      return ExitCode::WorkersFailed;
    case RunEnd::HandlersWrong:
      return ExitCode::Invalid;
    case RunEnd::StoreFailed:
    case RunEnd::TakenOver:
      return ExitCode::StoreFailed;
    case RunEnd::DuplicateKey:
      return ExitCode::DuplicateKey;
  }
  return ExitCode::Bug;
}

CommandError boot_error(const BootReport& report) {
  CommandError error(ExitCode::WorkersFailed, kind::workers_failed, short_path(report.message), boot_details(report));
  return error.with_boot(report);
}

CommandError run_error(const RunResult& result, const std::string& what) {
  switch (result.end) {
    case RunEnd::WorkersFailed:
      return boot_error(result.boot.value_or(BootReport{"no Ruby worker could start", {}, "", "", {}, {}, "", 0}));
    case RunEnd::HandlersWrong:
      return template_error(what, result.diagnostics);
    case RunEnd::StoreFailed:
      return CommandError(ExitCode::StoreFailed, kind::store_unavailable, result.store_error);
    case RunEnd::Interrupted:
      return CommandError(interrupt_code(result.signal), kind::interrupted,
                          "interrupted by " + signal_name(result.signal));
    case RunEnd::DuplicateKey:
      return CommandError(ExitCode::DuplicateKey, kind::duplicate_key, result.store_error);
    case RunEnd::TakenOver:
      return CommandError(ExitCode::StoreFailed, kind::store_unavailable, result.store_error);
    case RunEnd::TaskEnded:
      break;
  }
  return CommandError(ExitCode::Bug, kind::bug, "the run ended without a task");
}

void must_be_well(const RunResult& result, const std::string& what) {
  const bool well = result.end == RunEnd::TaskEnded && result.diagnostics.empty() && !result.boot;
  if (!well) throw run_error(result, what);
}

}  // namespace tasker::cli
