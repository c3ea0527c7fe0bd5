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
  HandlerError,    ///< the handler raised; may be retried
  PermanentError,  ///< the handler raised, and says that a retry is of no use
  HandlerNotFound,
  ResultUnserializable,
  ResultTooLarge,
  Timeout,
  Cancelled,
  WorkerLost,
  WorkerKiller,
  MaybeExecuted,
  OutOfMemory,
  EngineKiller,
  StoreRefused,
  Blocked,
};
std::string_view to_string(ErrorKind kind);
std::optional<ErrorKind> error_kind_from(std::string_view name);

/// The worker an error came from, as far as it is known.
struct WorkerEvidence {
  int pid = 0;
  std::optional<int> exit_code;
  std::string signal;          ///< "SIGKILL", empty when it did not die by one
  std::string last_words;      ///< the end of its stderr, at most 8 KiB
  std::int64_t memory_kb = 0;  ///< resident at the last sample before its end; 0: there was none
  std::string advice{};        ///< what to do about it, where more is known than the exit status says
};

/// Why a step did not succeed, as it is shown to people and stored.
struct ErrorInfo {
  ErrorKind kind = ErrorKind::HandlerError;
  std::string class_name;  ///< the Ruby class, or empty
  std::string message;
  std::vector<std::string> backtrace;  ///< the user's frames first
  JsonText cause;                      ///< null, or an object {class, message, backtrace, cause}
  JsonText threads;                    ///< null, or what each thread did when the step was asked to stop: an array of
                                       ///< {name, status, backtrace}
  std::string error_code;              ///< empty when the handler gave none
  JsonText context;                    ///< null, or the object the handler gave
  bool retryable = true;
  std::optional<double> retry_after;  ///< seconds the handler asked for
  std::optional<WorkerEvidence> worker;
  std::vector<std::string> blocked_by;  ///< names of the failed steps, for `Blocked`
};
using SharedError = std::shared_ptr<const ErrorInfo>;

/// The handler returned. `results` is what dependants see; `output` is what `process` returned when `process_results`
/// made something else of it.
struct Succeeded {
  JsonText results;
  std::optional<JsonText> output;
  JsonText metadata = JsonText::trusted("{}");
};
/// The handler put down a checkpoint and wants to be called again with it; the attempt goes on.
struct Yielded {
  JsonText checkpoint;
};
/// The handler ran and failed.
struct Failed {
  SharedError error;
};
/// The step overran its deadline and was stopped.
struct TimedOut {
  SharedError error;
};
/// Who asked a running step to stop.
enum class CancelReason : std::uint8_t { Deadline, TaskTimeout, TaskCancelled, Drain };
/// The step was stopped because of its task or its engine, not of itself.
struct Cancelled {
  CancelReason reason = CancelReason::TaskCancelled;
  SharedError error;
};
/// The process died, or could not be trusted any more, while the step may have been running.
struct WorkerLost {
  SharedError error;
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
  int worker_pid = 0;   ///< 0: ran in the engine
  Duration queued{};    ///< from ready to sent
  Duration duration{};  ///< from sent to answered
  std::optional<std::int64_t> cpu_us;
  std::optional<std::int64_t> max_rss_kb;
  WallTime started_at{};
  bool late = false;  ///< a complete answer that came after the deadline was decided
};

}  // namespace tasker
