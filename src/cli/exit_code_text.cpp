#include "cli/exit_code_text.hpp"

namespace tasker::cli {

const std::vector<ExitCodeText>& exit_code_texts() {
  static const std::vector<ExitCodeText> texts{
      {ExitCode::Complete, "The task is complete; the command did what it was asked for"},
      {ExitCode::TaskFailed, "The task failed; with many inputs: any of them"},
      {ExitCode::Usage, "The command line itself: unknown flag or command, missing or malformed value"},
      {ExitCode::Invalid, "Template, input or handlers are invalid"},
      {ExitCode::NotFound, "A task, step or handler named on the command line does not exist"},
      {ExitCode::TimedOut, "The whole task ran past its timeout"},
      {ExitCode::Cancelled, "Cancelled"},
      {ExitCode::Blocked, "Waits for a person: a step that must run at most once may have run"},
      {ExitCode::StoreFailed,
       "The store is unavailable: full, read-only, broken, gone, or its task is run by another engine"},
      {ExitCode::WorkersFailed, "No worker could boot: no Ruby, handler files that do not load"},
      {ExitCode::DuplicateKey, "A live task has this unique key already"},
      {ExitCode::Bug, "A bug of tasker"},
      {ExitCode::Interrupted, "Ended by SIGINT, after what ran was given time to finish"},
      {ExitCode::NoReader, "Standard output could not be written to its end: its reader is gone, or the disk is full"},
      {ExitCode::Terminated, "Ended by SIGTERM, after what ran was given time to finish"},
  };
  return texts;
}

}  // namespace tasker::cli
