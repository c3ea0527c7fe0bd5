#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tasker/clock.hpp"
#include "tasker/json_text.hpp"

namespace tasker {

/// Kinds of step errors; the wire and result names are in `to_string`.
enum class ErrorKind : std::uint8_t {
  HandlerError,          ///< the handler raised; may be retried
  PermanentError,        ///< the handler raised, and says that a retry is of no use
  HandlerNotFound,       ///< no worker knows a handler of this name
  ResultUnserializable,  ///< what it returned is no JSON: NaN, circular, too deep, not UTF-8
  ResultTooLarge,        ///< what it returned is larger than a line may be
  Timeout,               ///< an attempt overran its deadline
  Cancelled,             ///< stopped because its task was
  WorkerLost,            ///< its process died, or could not be trusted any more; may be retried
  WorkerKiller,          ///< it has taken three processes with it
  MaybeExecuted,         ///< `at_most_once`, and nobody knows whether it ran: waits for a person
  OutOfMemory,           ///< its process was killed for its memory
  EngineKiller,          ///< too many engines died while they ran its task
  StoreRefused,          ///< the store can't keep its results
  Blocked,               ///< did not run: a step that it depends on failed
};
/// The name on the wire, in the store and in results, e.g. "handler_error".
std::string_view to_string(ErrorKind kind);
/// The kind of that name; none: there is none.
std::optional<ErrorKind> error_kind_from(std::string_view name);

/// The worker an error came from, as far as it is known.
struct WorkerEvidence {
  int pid = 0;                   ///< of the process; 0: unknown
  std::optional<int> exit_code;  ///< none: it has not ended by itself
  std::string signal;            ///< "SIGKILL", empty when it did not die by one
  std::string last_words;        ///< the end of its stderr, at most 8 KiB
  std::int64_t memory_kb = 0;    ///< resident at the last sample before its end; 0: there was none
  std::string advice{};          ///< what to do about it, where more is known than the exit status says
};

/// Why a step did not succeed, as it is shown to people and stored.
struct ErrorInfo {
  ErrorKind kind = ErrorKind::HandlerError;  ///< for programs
  std::string class_name;                    ///< the Ruby class, or empty
  std::string message;                       ///< for people; of a Ruby error, its own
  std::vector<std::string> backtrace;        ///< the user's frames first
  JsonText cause;                            ///< null, or an object {class, message, backtrace, cause}
  JsonText threads;                      ///< null, or what each thread did when the step was asked to stop: an array of
                                         ///< {name, status, backtrace}
  std::string error_code;                ///< empty when the handler gave none
  JsonText context;                      ///< null, or the object the handler gave
  bool retryable = true;                 ///< another attempt may help
  std::optional<double> retry_after;     ///< seconds the handler asked for
  std::optional<WorkerEvidence> worker;  ///< the process that ran it; none: no process had to do with it
  std::vector<std::string> blocked_by;   ///< names of the failed steps, for `Blocked`
};
/// Shared by everything that tells of it; null: no error.
using SharedError = std::shared_ptr<const ErrorInfo>;

/// The handler returned. `results` is what dependants see; `output` is what `process` returned when `process_results`
/// made something else of it.
struct Succeeded {
  JsonText results;                             ///< any value
  std::optional<JsonText> output;               ///< none: the same
  JsonText metadata = JsonText::trusted("{}");  ///< an object that the handler added; kept with the attempt
};
/// The handler put down a checkpoint and wants to be called again with it; the attempt goes on.
struct Yielded {
  JsonText checkpoint;  ///< any value; the next call of the handler is given it
};
/// The handler ran and failed.
struct Failed {
  SharedError error;  ///< never null
};
/// The step overran its deadline and was stopped.
struct TimedOut {
  SharedError error;  ///< never null
};
/// Who asked a running step to stop: its own deadline, the deadline of its task, somebody who cancelled the task, or an
/// engine that is to end.
enum class CancelReason : std::uint8_t { Deadline, TaskTimeout, TaskCancelled, Drain };
/// The step was stopped because of its task or its engine, not of itself.
struct Cancelled {
  CancelReason reason = CancelReason::TaskCancelled;  ///< who asked
  SharedError error;                                  ///< what is known of it; may be null
};
/// The process died, or could not be trusted any more, while the step may have been running.
struct WorkerLost {
  SharedError error;       ///< never null; `worker` says what is known of the process
  bool by_engine = false;  ///< the engine ended it for another reason: counts against no step
};
/// Nothing ran: the attempt is given back.
struct NotStarted {
  SharedError death;  ///< its worker had it in hand and died, or hung past its deadline; three such deaths end the step
};

/// How one dispatch of a step ended. Expected failures are values; a `std::visit` that forgets one does not compile.
using StepOutcome = std::variant<Succeeded, Yielded, Failed, TimedOut, Cancelled, WorkerLost, NotStarted>;

/// What one dispatch cost and where it ran.
struct AttemptReport {
  int worker_pid = 0;                      ///< 0: ran in the engine
  Duration queued{};                       ///< from ready to sent
  Duration duration{};                     ///< from sent to answered
  std::optional<std::int64_t> cpu_us;      ///< microseconds of CPU time; none: unknown
  std::optional<std::int64_t> max_rss_kb;  ///< the process's most resident memory, KiB; none: unknown
  WallTime started_at{};                   ///< when it was sent
  bool late = false;                       ///< a complete answer that came after the deadline was decided
};

}  // namespace tasker
