#include "core/verdict.hpp"

#include <memory>
#include <string>
#include <utility>

namespace tasker {

namespace {

/// A step that has killed this many workers does not get another one (docs/reliability.md, "poison rule").
constexpr int kDeathsOfAWorkerKiller = 3;
constexpr std::size_t kCheckpointShown = 200;

SharedError with_kind(const SharedError& error, ErrorKind kind, std::string message) {
  auto changed = error ? std::make_shared<ErrorInfo>(*error) : std::make_shared<ErrorInfo>();
  changed->kind = kind;
  changed->message = std::move(message);
  changed->retryable = false;
  return changed;
}

Verdict final_error(SharedError error) {
  const std::string_view outcome = to_string(error->kind);
  return {StepState::Error, outcome, std::move(error), true, {}};
}

bool asked_for_retry(const ErrorInfo& error) { return error.class_name.ends_with("RetryableError"); }

struct Judge {
  const Standing& standing;
  double random;

  Verdict operator()(const Succeeded&) const { return {StepState::Complete, "complete", nullptr, true, {}}; }
  Verdict operator()(const Failed& failed) const {
    return failure(failed.error, !standing.step.at_most_once || asked_for_retry(*failed.error));
  }
  Verdict operator()(const TimedOut& timed_out) const {
    return standing.step.at_most_once ? may_have_run(timed_out.error) : failure(timed_out.error, true);
  }
  Verdict operator()(const Cancelled& cancelled) const {
    if (standing.step.at_most_once) {
      return final_error(with_kind(cancelled.error, ErrorKind::MaybeExecuted, "was stopped while it may have run"));
    }
    if (cancelled.reason == CancelReason::Drain) return {StepState::Pending, "interrupted", nullptr, false, {}};
    return {StepState::Cancelled, "cancelled", cancelled.error, true, {}};
  }
  // The state it was in before: nothing happened.
  Verdict operator()(const NotStarted& given_back) const {
    if (given_back.death && is_worker_killer()) return worker_killer(given_back.death);
    return {StepState::Pending, "", nullptr, false, {}};
  }

  Verdict operator()(const WorkerLost& lost) const {
    if (standing.step.at_most_once) return may_have_run(lost.error);
    // The engine ended the worker for another step's sake: this one gets its attempt back.
    if (lost.by_engine) return {StepState::Pending, "interrupted", lost.error, false, {}};
    return is_worker_killer() ? worker_killer(lost.error) : failure(lost.error, true);
  }

  Verdict operator()(const Yielded& yielded) const {
    if (standing.step.at_most_once) {
      return refuse_results("put down a checkpoint, but an at_most_once step is never run again to go on from it",
                            "invalid_checkpoint");
    }
    if (yielded.checkpoint == standing.checkpoint) {
      return refuse_results(
          "yielded the checkpoint it was given: " + yielded.checkpoint.text().substr(0, kCheckpointShown),
          "invalid_checkpoint");
    }
    if (!standing.may_go_on) return {StepState::Cancelled, "yielded", nullptr, true, {}};
    return {StepState::InProgress, "yielded", nullptr, false, {}};
  }

  Verdict failure(const SharedError& error, bool retry_allowed) const {
    const RetryPolicy& policy = standing.step.retry;
    const int attempts = standing.attempts + 1;
    if (!retry_allowed || !error->retryable || !may_retry(policy, attempts)) return final_error(error);
    // A sibling that waits for its retry counts as new.
    if (!standing.may_go_on) return {StepState::Cancelled, to_string(error->kind), error, true, {}};
    const Duration delay =
        error->retry_after ? requested_delay(policy, *error->retry_after) : backoff_delay(policy, attempts, random);
    return {StepState::WaitingForRetry, to_string(error->kind), error, true, delay};
  }

  bool is_worker_killer() const { return standing.deaths >= kDeathsOfAWorkerKiller; }

  Verdict worker_killer(const SharedError& last) const {
    return final_error(
        with_kind(last, ErrorKind::WorkerKiller,
                  "killed " + std::to_string(standing.deaths) + " workers; the last one: " + last->message));
  }

  static Verdict may_have_run(const SharedError& error) {
    return final_error(with_kind(error, ErrorKind::MaybeExecuted, "may have run: " + error->message));
  }
};

}  // namespace

Verdict judge(const StepOutcome& outcome, const Standing& standing, double random) {
  return std::visit(Judge{standing, random}, outcome);
}

Verdict refuse_results(std::string message, std::string error_code) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::PermanentError;
  error->message = std::move(message);
  error->error_code = std::move(error_code);
  error->retryable = false;
  return final_error(std::move(error));
}

}  // namespace tasker
