#include "tasker/step_handler.hpp"

#include <exception>
#include <utility>

namespace tasker {

std::optional<JsonText> StepContext::results_of(std::string_view step_name) const {
  for (const SequenceEntry& entry : ancestors()) {
    if (entry.step->name == step_name) return entry.step->results;
  }
  return std::nullopt;
}

StepReply& StepReply::operator=(StepReply&& other) noexcept {
  if (this == &other) return *this;
  drop();
  sink_ = std::exchange(other.sink_, nullptr);
  dispatch_ = other.dispatch_;
  started_ = other.started_;
  return *this;
}

StepReply::~StepReply() { drop(); }

void StepReply::drop() noexcept {
  if (!sink_) return;
  if (!started_) return answer(NotStarted{});
  auto error = std::make_shared<ErrorInfo>();
  error->kind = ErrorKind::WorkerLost;
  error->message = "the handler ended without an answer";
  answer(WorkerLost{std::move(error)});
}

void StepReply::started(int worker_pid) {
  if (!sink_ || started_) return;
  started_ = true;
  sink_->step_started(dispatch_, worker_pid);
}

void StepReply::progress(StepProgress progress) {
  if (sink_) sink_->step_progress(dispatch_, std::move(progress));
}

void StepReply::log(StepLog log) {
  if (sink_) sink_->step_log(dispatch_, std::move(log));
}

void StepReply::answer(StepOutcome outcome, AttemptReport report) {
  // Taken first: whatever the sink does, there is no second answer.
  if (StepReplySink* sink = std::exchange(sink_, nullptr)) sink->step_answered(dispatch_, std::move(outcome), report);
}

Failed failure(std::string message, bool retryable) {
  auto error = std::make_shared<ErrorInfo>();
  error->kind = retryable ? ErrorKind::HandlerError : ErrorKind::PermanentError;
  error->message = std::move(message);
  error->retryable = retryable;
  return Failed{std::move(error)};
}

namespace {

class FunctionHandler final : public StepHandler {
 public:
  explicit FunctionHandler(std::function<StepOutcome(const StepContext&)> function) : function_(std::move(function)) {}

  void process(StepContext context, StepReply reply) override {
    reply.started();
    const auto from = std::chrono::steady_clock::now();
    StepOutcome outcome = call(context);
    AttemptReport report;
    report.duration = std::chrono::steady_clock::now() - from;
    reply.answer(std::move(outcome), report);
  }

 private:
  StepOutcome call(const StepContext& context) {
    try {
      return function_(context);
    } catch (const std::exception& error) {
      return failure(error.what());
    } catch (...) {
      return failure("the handler threw something that is no std::exception");
    }
  }

  std::function<StepOutcome(const StepContext&)> function_;
};

}  // namespace

std::shared_ptr<StepHandler> make_function_handler(std::function<StepOutcome(const StepContext&)> function) {
  return std::make_shared<FunctionHandler>(std::move(function));
}

}  // namespace tasker
