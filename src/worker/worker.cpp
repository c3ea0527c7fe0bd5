#include "worker/worker.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "core/time_text.hpp"
#include "core/utf8.hpp"
#include "worker/handshake.hpp"
#include "worker/signal_name.hpp"
#include "worker/step_answer.hpp"

namespace tasker::worker {

namespace {

/// Levels that the envelope, the result object and an error's data put around a value.
constexpr int kEnvelopeDepth = 8;
constexpr std::size_t kQuoted = 256;
constexpr const char* kWhereRubyComesFrom = "; Ruby 3.0 or newer must be in PATH (on Debian: apt-get install ruby)";

std::string id_params(rpc::RequestId id) { return "{\"id\":" + std::to_string(id) + "}"; }

}  // namespace

Worker::Worker(int number, const WorkerSettings& settings, const Clock& clock, WorkerListener& listener)
    : number_(number),
      settings_(settings),
      clock_(clock),
      listener_(listener),
      framer_(settings.limits.max_bytes),
      log_([this](std::string_view line) { printed(line); }) {}

std::optional<DispatchId> Worker::running() const {
  return running_ ? std::optional(running_->job.reply.dispatch()) : std::nullopt;
}

// --- life
// --------------------------------------------------------------------------------------------------------------

std::optional<BootReport> Worker::start(ProcessLauncher& launcher) {
  // Set before the spawn: a spawn that hangs counts.
  started_at_ = clock_.steady();
  boot_deadline_ = started_at_ + settings_.boot_timeout;
  ProcessEvents events;
  events.on_stdout = [this](std::string_view bytes) { on_stdout(bytes); };
  events.on_stderr = [this](std::string_view bytes) { log_.feed(bytes); };
  events.on_gone = [this](const ExitStatus& status) { on_gone(status); };
  Command command = settings_.command;
  command.env.emplace_back("TASKER_WORKER", std::to_string(number_));
  auto launched = launcher.launch(command, std::move(events));
  if (auto* error = std::get_if<LaunchError>(&launched)) {
    state_ = State::Gone;
    const bool missing = error->code == std::errc::no_such_file_or_directory;
    return report(error->message + (missing ? kWhereRubyComesFrom : ""));
  }
  process_ = std::get<std::unique_ptr<Process>>(std::move(launched));
  process_->write(rpc::request_line(++last_id_, "initialize", initialize_params(settings_, number_)));
  return std::nullopt;
}

void Worker::stop() {
  if (state_ == State::Gone) return;
  state_ = State::Stopping;
  if (process_) process_->close_stdin();
}

void Worker::kill() {
  if (state_ == State::Gone || killed_) return;
  killed_ = true;
  state_ = State::Stopping;
  process_->signal_group(SIGKILL);
}

void Worker::on_gone(const ExitStatus& status) {
  log_.flush();
  in_step_at_end_ = running_.has_value();
  const WorkerEnd end = end_of(status);
  const bool has_step = running_.has_value();
  state_ = State::Gone;
  if (has_step) settle_lost_step(status);
  listener_.worker_gone(*this, end);
}

WorkerEnd Worker::end_of(const ExitStatus& status) const {
  WorkerEnd end;
  end.how = status.text();
  if (!said_hello_ && !(state_ == State::Stopping && !boot_failure_)) {
    end.kind = WorkerEnd::Kind::BootFailed;
    end.hopeless = boot_hopeless_;
    end.boot = boot_failure_ ? *boot_failure_ : report("the worker ended before it was ready: " + status.text());
    // How a worker ended says nothing when the engine ended it, for what it said.
    if (boot_failure_) end.how = "it could not be used";
    if (!boot_failure_) end.boot->exit = status.text();
    end.boot->last_words = log_.tail();
  } else if (state_ == State::Stopping && fault_.empty()) {
    end.kind = WorkerEnd::Kind::Stopped;
  } else {
    end.kind = running_ ? WorkerEnd::Kind::DiedInStep : WorkerEnd::Kind::DiedIdle;
  }
  return end;
}

BootReport Worker::report(std::string message) const {
  BootReport report;
  report.message = std::move(message);
  report.argv = settings_.command.argv;
  return report;
}

void Worker::fail_boot(BootReport report, bool hopeless) {
  if (!boot_failure_) {
    boot_failure_ = std::move(report);
    boot_hopeless_ = hopeless;
  }
  killed_ = true;
  process_->signal_group(SIGKILL);
}

// --- what it says
// ------------------------------------------------------------------------------------------------------

void Worker::on_stdout(std::string_view bytes) {
  if (!fault_.empty() || boot_failure_) return;
  if (framer_.feed(bytes, [this](std::string_view line) { return on_line(line); })) return;
  distrust("wrote a line longer than " + std::to_string(settings_.limits.max_bytes) +
           " bytes; it begins: " + to_valid_utf8(framer_.partial().substr(0, kQuoted)));
}

bool Worker::on_line(std::string_view line) {
  const JsonLimits limits{settings_.limits.max_bytes, settings_.limits.max_depth + kEnvelopeDepth};
  const rpc::Message message = rpc::parse_message(line, limits);
  if (const auto* malformed = std::get_if<rpc::Malformed>(&message)) {
    on_message(*malformed, line);
  } else if (const auto* result = std::get_if<rpc::ResultMessage>(&message)) {
    on_message(*result);
  } else if (const auto* error = std::get_if<rpc::ErrorMessage>(&message)) {
    on_message(*error);
  } else {
    on_message(std::get<rpc::NotificationMessage>(message));
  }
  return fault_.empty() && !boot_failure_ && state_ != State::Gone;
}

void Worker::on_message(const rpc::Malformed& message, std::string_view line) {
  if (!said_hello_) {
    // A preload that prints before the runner has claimed the wire: noise for the log.
    log_.feed(line);
    log_.feed("\n");
    return;
  }
  distrust("wrote a line that is no message of the protocol (" + message.reason +
           "): " + to_valid_utf8(line.substr(0, kQuoted)));
}

void Worker::on_message(const rpc::ResultMessage& message) {
  if (!said_hello_ && message.id == last_id_) return on_initialized(message.result);
  if (!running_ || message.id != running_->id)
    return distrust("answered request " + std::to_string(message.id) + ", which is not open");
  StepAnswer answered = step_answer(message, {settings_.limits.max_bytes, settings_.limits.max_depth});
  answer(std::move(answered.outcome), answered.cpu_us, answered.max_rss_kb, false);
}

void Worker::on_message(const rpc::ErrorMessage& message) {
  if (!said_hello_ && message.id == last_id_) return on_initialize_error(message);
  if (!running_ || message.id != running_->id)
    return distrust("answered request " + std::to_string(message.id) + ", which is not open");
  StepAnswer answered = step_answer(message, running_->escalation.reason(), running_->job.timeout);
  answer(std::move(answered.outcome), answered.cpu_us, answered.max_rss_kb, message.code == rpc::ErrorCode::Cancelled);
}

void Worker::on_message(const rpc::NotificationMessage& message) {
  const JsonMembers params = JsonMembers::of_checked(message.params);
  const bool ours = running_ && params.integer("id") == running_->id;
  if (message.method == "log") {
    StepLog log{params.string("level").value_or("info"), params.string("message").value_or(""), params.json("fields")};
    if (ours) return running_->job.reply.log(std::move(log));
    return listener_.worker_printed(*this, log.message);
  }
  if (!ours) return;
  if (message.method == "step/started") running_->job.reply.started(pid());
  if (message.method == "step/progress") {
    running_->job.reply.progress({params.number("percent"), params.string("message").value_or("")});
  }
  if (message.method == "step/extend_deadline") {
    const auto by = std::chrono::duration<double>(params.number("seconds").value_or(0));
    running_->escalation.extend(clock_.steady() + std::chrono::duration_cast<Duration>(by));
  }
}

void Worker::on_initialized(std::string_view result) {
  auto parsed = parse_hello(result);
  if (const auto* problem = std::get_if<std::string>(&parsed))
    return fail_boot(report("the worker can't be used: " + *problem), true);
  Hello& hello = std::get<Hello>(parsed);
  if (hello.pid != pid()) {
    return fail_boot(report("\"" + settings_.command.argv.front() + "\" started the runner in another process (" +
                            std::to_string(hello.pid) + " instead of " + std::to_string(pid()) +
                            "), so it can't be watched or stopped; put the folder of the real binary first in PATH: " +
                            "ruby -e 'puts RbConfig.ruby'"),
                     true);
  }
  handlers_ = std::move(hello.handlers);
  said_hello_ = true;
  boot_time_ = clock_.steady() - started_at_;
  process_->write(rpc::notification_line("initialized", "{}"));
  if (state_ == State::Starting) state_ = State::Ready;
  listener_.worker_ready(*this);
}

void Worker::on_initialize_error(const rpc::ErrorMessage& error) {
  BootReport failed = report("");
  read_boot_error(error, failed);
  fail_boot(std::move(failed), true);
}

void Worker::printed(std::string_view line) {
  if (running_) {
    running_->job.reply.log({"output", to_valid_utf8(line), JsonText()});
  } else {
    listener_.worker_printed(*this, line);
  }
}

void Worker::distrust(std::string reason) {
  fault_ = std::move(reason);
  if (!said_hello_) return fail_boot(report("the worker " + fault_), false);
  killed_ = true;
  process_->signal_group(SIGKILL);
}

// --- steps
// -------------------------------------------------------------------------------------------------------------

void Worker::run(Job job) {
  if (state_ != State::Ready) throw std::logic_error("a step is sent to a worker that is not ready");
  const Times now = clock_.now();
  std::string line = rpc::request_line(++last_id_, "step/process", job.params);
  job.params = {};
  const TimePoint deadline = now.steady + job.timeout;
  running_.emplace(Running{std::move(job), last_id_, Escalation(deadline, settings_.escalation), now, line.size()});
  state_ = State::Busy;
  if (!running_->job.reports_start) running_->job.reply.started(pid());
  process_->write(std::move(line));
}

void Worker::answer(StepOutcome outcome, std::optional<std::int64_t> cpu_us, std::optional<std::int64_t> max_rss_kb,
                    bool acknowledged) {
  log_.flush();
  Running done = std::move(*running_);
  running_.reset();
  AttemptReport attempt;
  attempt.worker_pid = pid();
  attempt.queued = done.job.queued;
  attempt.duration = clock_.steady() - done.sent.steady;
  attempt.started_at = done.sent.wall;
  attempt.cpu_us = cpu_us;
  attempt.max_rss_kb = max_rss_kb;
  attempt.late = done.escalation.begun() && !acknowledged;
  if (state_ == State::Busy) state_ = State::Ready;
  // A process that was asked to stop and did not say so can't be trusted with the next step.
  const bool trusted =
      !done.escalation.begun() || (acknowledged && done.escalation.stage() == Escalation::Stage::Cancelling);
  if (!trusted && state_ == State::Ready) stop();
  done.job.reply.answer(std::move(outcome), attempt);
  if (state_ != State::Gone) listener_.worker_idle(*this);
}

void Worker::settle_lost_step(const ExitStatus& status) {
  // Not one byte of the request, or not the whole line, left the engine: nothing ran.
  const bool sent = process_->unwritten() == 0;
  const auto asked = running_->escalation.reason();
  StepOutcome outcome = outcome_of_death(lost_error(status), asked, running_->job.timeout);
  const bool never_started = !sent || (running_->job.reports_start && !running_->job.reply.is_started());
  if (never_started) outcome = NotStarted{};
  answer(std::move(outcome), std::nullopt,
         status.max_rss_kb > 0 ? std::optional<std::int64_t>(status.max_rss_kb) : std::nullopt, asked.has_value());
}

ErrorInfo Worker::lost_error(const ExitStatus& status) const {
  ErrorInfo error;
  error.message = "worker " + std::to_string(pid()) + " ";
  error.message += fault_.empty()
                       ? (status.signal ? "was " : "ended with ") + status.text() + " in the middle of the step"
                       : fault_ + "; it was killed";
  error.worker = WorkerEvidence{pid(), status.exit_code, status.signal ? signal_name(status.signal) : "", log_.tail()};
  return error;
}

void Worker::cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency) {
  if (running() != dispatch || urgency == CancelUrgency::IfQueued) return;
  act(urgency == CancelUrgency::Immediate ? running_->escalation.kill(reason)
                                          : running_->escalation.cancel(reason, clock_.steady()));
}

void Worker::tick(TimePoint now) {
  if (state_ == State::Gone || killed_) return;
  if (!said_hello_ && now >= boot_deadline_) {
    process_->drain_output();
    if (said_hello_ || boot_failure_) return;
    return fail_boot(report("the worker was not ready within " + human_text(settings_.boot_timeout) +
                            "; something hangs while the handler files load"),
                     false);
  }
  if (!running_ || now < running_->escalation.next_due()) return;
  // A complete answer that is in the pipe counts, whatever is due.
  const rpc::RequestId id = running_->id;
  process_->drain_output();
  if (!running_ || running_->id != id) return;
  act(running_->escalation.due(now));
}

void Worker::act(Escalation::Action action) {
  switch (action) {
    case Escalation::Action::None:
      return;
    case Escalation::Action::Cancel:
      process_->write(rpc::notification_line("$/cancelRequest", id_params(running_->id)));
      if (process_->unwritten() == 0) process_->signal(SIGURG);
      return;
    case Escalation::Action::Nudge:
      // Never before the cancel's last byte is in the pipe: the runner would look, and find half a line.
      if (process_->unwritten() == 0) process_->signal(SIGURG);
      return;
    case Escalation::Action::Terminate:
      state_ = State::Stopping;
      process_->signal_group(SIGTERM);
      return;
    case Escalation::Action::Kill:
      kill();
      return;
  }
}

TimePoint Worker::next_due() const {
  if (state_ == State::Gone || killed_) return TimePoint::max();
  TimePoint due = said_hello_ ? TimePoint::max() : boot_deadline_;
  if (running_) due = std::min(due, running_->escalation.next_due());
  return due;
}

void Worker::shift_deadlines(Duration by) {
  boot_deadline_ += by;
  if (running_) running_->escalation.shift(by);
}

}  // namespace tasker::worker
