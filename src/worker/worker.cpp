#include "worker/worker.hpp"

#include <csignal>
#include <stdexcept>
#include <utility>

#include "core/json_scan.hpp"
#include "core/utf8.hpp"
#include "worker/exit_explanation.hpp"
#include "worker/handshake.hpp"
#include "worker/signal_name.hpp"

namespace tasker::worker {

namespace {

/// The machine is short of something that it may have again in a moment.
bool passes(const std::error_code& code) {
  return code == std::errc::resource_unavailable_try_again || code == std::errc::not_enough_memory ||
         code == std::errc::too_many_files_open || code == std::errc::too_many_files_open_in_system ||
         code == std::errc::text_file_busy;
}

constexpr const char* kWhereRubyComesFrom = "; Ruby 3.0 or newer must be in PATH (on Debian: apt-get install ruby)";

}  // namespace

Worker::Worker(Identity identity, const WorkerSettings& settings, const Clock& clock, WorkerListener& listener,
               double random)
    : identity_(identity),
      settings_(settings),
      clock_(clock),
      listener_(listener),
      reader_(settings.limits,
              [this](const rpc::Message& message, std::string_view line) { return on_message(message, line); }),
      log_([this](std::string_view line) { printed(line); }),
      boot_(settings.command.argv, clock.steady(), settings.boot_timeout),
      delivery_(*this, settings.escalation, settings.limits, clock),
      recycling_(settings.recycle, clock.steady(), random) {}

Worker::State Worker::state() const {
  switch (phase_) {
    case Phase::Starting:
      return State::Starting;
    case Phase::Serving:
      return delivery_.empty() ? State::Ready : State::Busy;
    case Phase::Stopping:
      return State::Stopping;
    case Phase::Gone:
      return State::Gone;
  }
  return State::Gone;
}

// --- life
// --------------------------------------------------------------------------------------------------------------

std::optional<StartFailure> Worker::start(ProcessLauncher& launcher) {
  ProcessEvents events;
  events.on_stdout = [this](std::string_view bytes) { on_stdout(bytes); };
  events.on_stderr = [this](std::string_view bytes) { log_.feed(bytes); };
  events.on_gone = [this](const ExitStatus& status) { on_gone(status); };
  Command command = settings_.command;
  command.generation = generation();
  auto launched = launcher.launch(command, std::move(events));
  if (auto* error = std::get_if<LaunchError>(&launched)) {
    phase_ = Phase::Gone;
    const bool missing = error->code == std::errc::no_such_file_or_directory;
    return StartFailure{boot_.report(error->message + (missing ? kWhereRubyComesFrom : "")), !passes(error->code)};
  }
  process_ = std::get<std::unique_ptr<Process>>(std::move(launched));
  write(rpc::request_line(++last_id_, "initialize", initialize_params(settings_, number(), generation())));
  return std::nullopt;
}

void Worker::ready() {
  write(rpc::notification_line("initialized", "{}"));
  if (phase_ == Phase::Starting) phase_ = Phase::Serving;
  recycling_.on_ready(clock_.steady());
  if (phase_ == Phase::Serving) listener_.worker_ready(*this);
}

void Worker::stop() {
  if (phase_ == Phase::Gone) return;
  // Nobody waits for a boot that nobody needs.
  if (!boot_.is_ready()) end_group(SIGTERM);
  phase_ = Phase::Stopping;
  ended_by_engine_ = true;
  delivery_.take_back_waiting();
  leave_if_done();
}

void Worker::retire(RecycleReason reason) {
  // One that said it can't go on ends by itself; one that did not acknowledge a cancel is an end that the engine wants.
  recycled_ = reason != RecycleReason::Distrusted;
  stop();
}

/// Its stdin ends when nothing is left to be said on it: a cancel may still be.
void Worker::leave_if_done() {
  if (!delivery_.empty() || !process_) return;
  process_->close_stdin();
  retirement_.begin(clock_.steady(), settings_.leave_grace, settings_.escalation.term_grace);
}

void Worker::kill() {
  ended_by_engine_ = true;
  end_group(SIGKILL);
}

void Worker::end_group(int signal) {
  if (phase_ == Phase::Gone || killed_) return;
  killed_ = signal == SIGKILL;
  phase_ = Phase::Stopping;
  process_->signal_group(signal);
}

std::uint64_t Worker::write(std::string line) {
  queued_bytes_ += line.size();
  process_->write(std::move(line));
  return queued_bytes_;
}

// --- time
// --------------------------------------------------------------------------------------------------------------

void Worker::tick(TimePoint now) {
  if (phase_ == Phase::Gone || killed_ || now < next_due()) return;
  // What is in the pipe counts, whatever is due.
  process_->drain_output();
  if (!is_trusted() || now < next_due()) return;
  if (now >= boot_.deadline()) {
    // A runner that can hear it answers with the file it is in, and how long each took, and ends.
    if (boot_.timed_out(now, settings_.escalation.term_grace) == Boot::Late::Ask) return process_->signal(SIGTERM);
    return end_group(SIGKILL);
  }
  if (auto fault = reader_.overdue(now)) return distrust(*std::move(fault));
  delivery_.tick(now);
  if (retirement_.next_due() > now) return;
  end_group(retirement_.due(now) == Retirement::Action::Kill ? SIGKILL : SIGTERM);
}

TimePoint Worker::next_due() const {
  if (phase_ == Phase::Gone || killed_) return TimePoint::max();
  return std::min({boot_.deadline(), reader_.next_due(), delivery_.next_due(), retirement_.next_due()});
}

void Worker::shift_deadlines(Duration by) {
  boot_.shift(by);
  reader_.shift(by);
  delivery_.shift(by);
  recycling_.shift(by);
  retirement_.shift(by);
}

// --- what it says
// ------------------------------------------------------------------------------------------------------

void Worker::on_stdout(std::string_view bytes) {
  if (!is_trusted()) return;
  if (auto fault = reader_.feed(bytes, clock_.steady())) distrust(*std::move(fault));
}

bool Worker::on_message(const rpc::Message& message, std::string_view line) {
  if (const auto* notification = std::get_if<rpc::NotificationMessage>(&message)) {
    on_notification(*notification);
  } else if (!boot_.is_ready()) {
    on_handshake(message, line);
  } else {
    std::optional<std::string> fault;
    if (const auto* malformed = std::get_if<rpc::Malformed>(&message)) {
      fault = "wrote a line that is no message of the protocol (" + malformed->reason + "): " + quoted(line);
    }
    if (const auto* result = std::get_if<rpc::ResultMessage>(&message)) fault = delivery_.on_answer(*result);
    if (const auto* error = std::get_if<rpc::ErrorMessage>(&message)) fault = delivery_.on_answer(*error);
    if (fault) distrust(*std::move(fault));
  }
  return is_trusted();
}

void Worker::on_handshake(const rpc::Message& message, std::string_view line) {
  if (std::holds_alternative<rpc::Malformed>(message)) {
    // A preload that prints before the runner has claimed the wire: noise for the log.
    log_.feed(line);
    log_.feed("\n");
    return;
  }
  const auto* result = std::get_if<rpc::ResultMessage>(&message);
  const auto* error = std::get_if<rpc::ErrorMessage>(&message);
  const rpc::RequestId id = result ? result->id : error->id;
  if (id != last_id_) return distrust("answered request " + std::to_string(id) + ", which is not open");
  if (result && boot_.answered(*result, pid(), clock_.steady())) return ready();
  // One that was told to stop says which file it was interrupted in.
  if (error && !ended_by_engine_) boot_.refused(*error);
  end_group(SIGKILL);
}

void Worker::on_notification(const rpc::NotificationMessage& message) {
  if (delivery_.on_notification(message) || message.method != "log") return;
  listener_.worker_printed(*this, JsonMembers::of_checked(message.params).string("message").value_or(""));
}

void Worker::printed(std::string_view line) {
  if (!delivery_.on_output(line)) listener_.worker_printed(*this, line);
}

void Worker::distrust(std::string reason) {
  fault_ = std::move(reason);
  if (!boot_.is_ready()) boot_.broke(fault_);
  end_group(SIGKILL);
}

// --- steps
// -------------------------------------------------------------------------------------------------------------

bool Worker::accepts(const Parcel& parcel) const {
  return phase_ == Phase::Serving && delivery_.accepts(parcel) &&
         !recycling_.will_have_served(delivery_.size(), clock_.steady());
}

ShelfPlan Worker::plan_context(TaskId task, std::size_t bytes) const {
  return boot_.keeps_contexts() ? delivery_.plan_context(task, bytes) : ShelfPlan{};
}

ShelfPlan Worker::plan_definition(std::int64_t id, std::size_t bytes) const {
  return boot_.keeps_definitions() ? delivery_.plan_definition(id, bytes) : ShelfPlan{};
}

void Worker::run(StepJob job) {
  const std::size_t bytes = job.params.size() + preface_bytes(job.context) + preface_bytes(job.definition);
  if (!accepts({job.at_most_once, job.depth, bytes}))
    throw std::logic_error("a step is sent to a worker that does not take it");
  recycling_.on_step_sent();
  delivery_.send(++last_id_, std::move(job));
}

void Worker::cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency) {
  delivery_.cancel(dispatch, reason, urgency);
}

void Worker::step_ended(const StepEnd& end) {
  recycling_.on_step_ended(clock_.steady(), end.rss_kb);
  if (!delivery_.empty()) recycling_.on_step_sent();
  if (phase_ == Phase::Stopping) leave_if_done();
  listener_.worker_answered(*this, end);
}

std::optional<Recycle> Worker::recycle_due(TimePoint now) const {
  if (phase_ != Phase::Serving || !delivery_.empty()) return std::nullopt;
  if (const auto reason = delivery_.retires()) {
    return Recycle{*reason, *reason == RecycleReason::Exhausted ? "said that it can't go on"
                                                                : "did not acknowledge that its step was to stop"};
  }
  return recycling_.due(now);
}

TimePoint Worker::next_recycle() const { return state() == State::Ready ? recycling_.next_due() : TimePoint::max(); }

// --- the end
// -----------------------------------------------------------------------------------------------------------

void Worker::on_gone(const ExitStatus& status) {
  log_.flush();
  had_step_at_end_ = !delivery_.empty();
  const WorkerEnd end = end_of(status);
  const bool by_engine = ended_by_engine_ && fault_.empty();
  phase_ = Phase::Gone;
  delivery_.on_gone(by_engine ? Death::ByEngine : Death::ItsOwn, lost_error(status, end.evidence), status);
  listener_.worker_gone(*this, end);
}

WorkerEnd Worker::end_of(const ExitStatus& status) const {
  WorkerEnd end;
  end.how = status.text();
  end.evidence = evidence(status);
  const bool wanted = phase_ == Phase::Stopping && fault_.empty();
  if (boot_.has_failed() || (!boot_.is_ready() && !wanted)) {
    end.kind = WorkerEndKind::BootFailed;
    end.hopeless = boot_.is_hopeless();
    end.boot = boot_.ended(status.text(), end.evidence);
    if (boot_.has_failed()) end.how = "it could not be used";
  } else if (recycled_ && wanted) {
    end.kind = WorkerEndKind::Recycled;
  } else if (wanted) {
    end.kind = WorkerEndKind::Stopped;
  } else {
    end.kind = had_step_at_end_ ? WorkerEndKind::DiedInStep : WorkerEndKind::DiedIdle;
  }
  return end;
}

WorkerEvidence Worker::evidence(const ExitStatus& status) const {
  WorkerEvidence known;
  known.pid = pid();
  known.exit_code = status.exit_code;
  if (status.signal != 0) known.signal = signal_name(status.signal);
  known.last_words = log_.tail();
  known.memory_kb = status.last_rss_kb;
  // The engine's own doing needs no advice, but for a limit that somebody set.
  const bool by_itself = phase_ != Phase::Stopping && !killed_ && fault_.empty() && !boot_.is_late();
  if (!by_itself && status.memory != ExitStatus::Memory::OverItsLimit) return known;
  const ExitMoment moment = !boot_.is_ready()  ? ExitMoment::Booting
                            : had_step_at_end_ ? ExitMoment::InStep
                                               : ExitMoment::Idle;
  known.advice = exit_advice(status, moment, known.last_words);
  return known;
}

ErrorInfo Worker::lost_error(const ExitStatus& status, const WorkerEvidence& known) const {
  ErrorInfo error;
  error.message = "worker " + std::to_string(pid()) + " ";
  if (fault_.empty()) {
    error.message += (status.signal ? "was " : "ended with ") + status.text();
    if (status.memory != ExitStatus::Memory::OverItsLimit) error.message += " in the middle of the step";
  } else {
    error.message += fault_ + "; it was killed";
  }
  if (status.memory != ExitStatus::Memory::Enough) error.kind = ErrorKind::OutOfMemory;
  error.worker = known;
  return error;
}

void Worker::fill(WorkerSlot& slot, TimePoint now) const {
  static constexpr SlotState kStates[] = {SlotState::Starting, SlotState::Ready, SlotState::Busy, SlotState::Stopping,
                                          SlotState::Empty};
  slot.state = kStates[static_cast<std::size_t>(state())];
  slot.pid = pid();
  slot.generation = generation();
  slot.age = now - boot_.started();
  slot.steps = recycling_.steps();
  slot.rss_kb = recycling_.rss_kb();
  slot.step = delivery_.snapshot(now);
}

}  // namespace tasker::worker
