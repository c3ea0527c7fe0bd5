#include "worker/step_answer.hpp"

#include <algorithm>

#include "core/json_scan.hpp"
#include "core/time_text.hpp"

namespace tasker::worker {

namespace {

/// What a runner tells is a number, and a number can be anything.
constexpr std::int64_t kLongestUs = std::int64_t{365} * 24 * 3600 * 1'000'000;

void read_timing(const JsonMembers& members, StepAnswer& answer) {
  const auto timing = members.find("timing");
  if (!timing) return;
  const JsonMembers figures = JsonMembers::of_checked(*timing);
  const auto process_us = figures.integer("process_us");
  if (!process_us) return;
  const std::int64_t results_us = figures.integer("process_results_us").value_or(0);
  const auto within = [](std::int64_t us) {
    return std::chrono::microseconds(std::clamp(us, std::int64_t{0}, kLongestUs));
  };
  answer.took = within(*process_us) + within(results_us);
}

void read_usage(const JsonMembers& members, StepAnswer& answer) {
  const auto usage = members.find("usage");
  if (!usage) return;
  const JsonMembers figures = JsonMembers::of_checked(*usage);
  answer.cpu_us = figures.integer("cpu_us");
  answer.max_rss_kb = figures.integer("max_rss_kb");
  answer.rss_kb = figures.integer("rss_kb");
}

SharedError unserializable(std::string message) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::ResultUnserializable;
  error->message = std::move(message);
  error->retryable = false;
  return error;
}

/// Takes the values of an answer, each within the limits of a value: the line may nest deeper, for its envelope. Keeps
/// the first problem.
class Values {
 public:
  Values(const JsonMembers& members, const JsonLimits& limits) : members_(members), limits_(limits) {}

  std::optional<JsonText> take(const std::string& key) {
    const auto text = members_.find(key);
    if (!text) return std::nullopt;
    auto checked = JsonText::parse(std::string(*text), limits_);
    if (auto* value = std::get_if<JsonText>(&checked)) return std::move(*value);
    if (problem_.empty()) {
      problem_ = "the " + key + (key == "results" ? " are " : " is ") + std::get<JsonError>(checked).message;
    }
    return std::nullopt;
  }
  const std::string& problem() const { return problem_; }

 private:
  const JsonMembers& members_;
  const JsonLimits& limits_;
  std::string problem_;
};

ErrorKind kind_of(rpc::ErrorCode code, bool retryable) {
  switch (code) {
    case rpc::ErrorCode::HandlerNotFound:
      return ErrorKind::HandlerNotFound;
    case rpc::ErrorCode::ResultUnserializable:
      return ErrorKind::ResultUnserializable;
    case rpc::ErrorCode::ResultTooLarge:
      return ErrorKind::ResultTooLarge;
    default:
      return retryable ? ErrorKind::HandlerError : ErrorKind::PermanentError;
  }
}

ErrorInfo error_info(const rpc::ErrorMessage& message) {
  const JsonMembers data = JsonMembers::of_checked(message.data);
  ErrorInfo error;
  error.retryable = data.boolean("retryable").value_or(false);
  error.kind = kind_of(message.code, error.retryable);
  error.class_name = data.string("class").value_or("");
  error.message = data.string("message").value_or(message.message);
  error.backtrace = data.strings("backtrace");
  error.cause = data.json("cause");
  error.error_code = data.string("error_code").value_or("");
  error.context = data.json("context");
  error.threads = data.json("threads");
  error.retry_after = data.number("retry_after");
  return error;
}

std::string timeout_message(Duration timeout) { return "timed out after " + human_text(timeout); }

std::string stop_message(CancelReason reason) {
  return reason == CancelReason::TaskTimeout ? "stopped: the task ran past its time"
                                             : "stopped: the task was cancelled";
}

/// The step was stopped; `error` carries what is known of where it stood.
StepOutcome stopped(ErrorInfo error, CancelReason reason, Duration timeout) {
  const std::string how = error.message;
  error.class_name.clear();  // the exception that stopped it is our means, not its trouble
  if (reason == CancelReason::Deadline) {
    error.kind = ErrorKind::Timeout;
    error.retryable = true;
    error.message = timeout_message(timeout) + (error.worker ? "; " + how : "");
    return TimedOut{std::make_shared<ErrorInfo>(std::move(error))};
  }
  error.kind = ErrorKind::Cancelled;
  error.retryable = false;
  error.message = stop_message(reason);
  return Cancelled{reason, std::make_shared<ErrorInfo>(std::move(error))};
}

}  // namespace

StepAnswer step_answer(const rpc::ResultMessage& message, const JsonLimits& limits) {
  StepAnswer answer;
  const JsonMembers members = JsonMembers::of_checked(message.result);
  read_timing(members, answer);
  read_usage(members, answer);
  Values values(members, limits);
  if (auto checkpoint = values.take("checkpoint")) {
    answer.outcome = Yielded{*std::move(checkpoint)};
  } else if (auto results = values.take("results")) {
    answer.outcome = Succeeded{*std::move(results), values.take("output"),
                               values.take("metadata").value_or(JsonText::trusted("{}"))};
  } else {
    answer.outcome = Failed{unserializable("the runner's answer has no \"results\"")};
  }
  if (!values.problem().empty()) answer.outcome = Failed{unserializable(values.problem())};
  return answer;
}

StepAnswer step_answer(const rpc::ErrorMessage& message, std::optional<CancelReason> asked, Duration timeout) {
  StepAnswer answer;
  const JsonMembers data = JsonMembers::of_checked(message.data);
  read_timing(data, answer);
  read_usage(data, answer);
  answer.retires = data.boolean("retires").value_or(false);
  switch (message.code) {
    case rpc::ErrorCode::ShuttingDown:
      answer.retires = true;  // it would refuse the next one as well
      return answer;
    case rpc::ErrorCode::UnknownContextRef:
      return answer;
    case rpc::ErrorCode::Cancelled:
      if (data.boolean("started") == false) return answer;
      answer.outcome = stopped(error_info(message), asked.value_or(CancelReason::TaskCancelled), timeout);
      return answer;
    default:
      answer.outcome = Failed{std::make_shared<ErrorInfo>(error_info(message))};
      return answer;
  }
}

StepOutcome outcome_of(const Fate& fate, ErrorInfo lost, Duration timeout, std::optional<Duration> silent) {
  switch (fate.kind) {
    case Fate::Kind::NotStarted:
      if (!fate.in_hand) return NotStarted{};
      if (fate.reason) lost.message += ", which had not begun within its " + human_text(timeout);
      return NotStarted{std::make_shared<ErrorInfo>(std::move(lost))};
    case Fate::Kind::Stopped:
      if (silent) lost.message += "; it was heard of last " + human_text(*silent) + " before";
      return stopped(std::move(lost), *fate.reason, timeout);
    case Fate::Kind::Lost:
    case Fate::Kind::Interrupted:
      if (lost.kind != ErrorKind::OutOfMemory) lost.kind = ErrorKind::WorkerLost;
      lost.retryable = true;
      return WorkerLost{std::make_shared<ErrorInfo>(std::move(lost)), fate.kind == Fate::Kind::Interrupted};
  }
  return NotStarted{};
}

}  // namespace tasker::worker
