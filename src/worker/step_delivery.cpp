#include "worker/step_delivery.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <utility>
#include <vector>

#include "core/json_scan.hpp"
#include "core/time_text.hpp"
#include "core/utf8.hpp"

namespace tasker::worker {

namespace {

/// A handler can't ask for more at once: what it says is a number, and a number can be anything.
constexpr double kLongestExtension = 365.0 * 24 * 3600;

constexpr Duration kCpuReadEvery = std::chrono::milliseconds(1);

std::string cancel_line(rpc::RequestId id) {
  return rpc::notification_line("$/cancelRequest", "{\"id\":" + std::to_string(id) + "}");
}

/// A step that runs by the time it is read is left in peace.
std::string recall_line(rpc::RequestId id) {
  return rpc::notification_line("$/cancelRequest", "{\"id\":" + std::to_string(id) + ",\"queued_only\":true}");
}

}  // namespace

// --- sending
// -----------------------------------------------------------------------------------------------------------

bool StepDelivery::accepts(const Parcel& parcel) const {
  if (retires_ || !ledger_.accepts(parcel, host_.process().pipe_bytes())) return false;
  // From a cancel on nothing more is sent to that worker.
  return std::none_of(sent_.begin(), sent_.end(), [](const auto& sent) { return sent.second.escalation.begun(); });
}

void StepDelivery::send(rpc::RequestId id, StepJob job) {
  std::string line = preface_lines("context", job.context) + preface_lines("definition", job.definition) +
                     rpc::request_line(id, "step/process", job.params);
  contexts_.sent(id, job.context.key, job.context.value.text().size(), job.context.plan);
  definitions_.sent(id, job.definition.key, job.definition.value.text().size(), job.definition.plan);
  job.params = {};
  job.context = {};
  job.definition = {};
  const Parcel parcel{job.at_most_once, job.depth, line.size()};
  sent_.emplace(id, Sent{std::move(job), Escalation(escalation_), clock_.steady(), {}, std::nullopt, std::nullopt});
  ledger_.sent(id, parcel, host_.write(std::move(line)));
  // A worker without a step gets it at once, and before its start is told; what queues behind it goes with the turn.
  if (ledger_.size() == 1) host_.process().flush_input();
  begin_oldest();
}

/// A step's time counts from the moment its request became the oldest unanswered one.
void StepDelivery::begin_oldest() {
  const auto id = ledger_.oldest();
  if (!id) return;
  Sent& sent = sent_.at(*id);
  if (sent.begun.steady != TimePoint{}) return;
  sent.begun = clock_.now();
  sent.escalation.begin(sent.begun.steady, sent.job.timeout);
  sent.cpu_before = cpu_now(sent.begun.steady);
  if (!sent.job.at_most_once) sent.job.reply.started(host_.process().pid());
}

/// What a step that dies has used is told to the millisecond: of steps that take microseconds, not each is worth the
/// system calls.
std::optional<Duration> StepDelivery::cpu_now(TimePoint now) {
  if (!cpu_read_at_ || now - *cpu_read_at_ >= kCpuReadEvery) {
    cpu_ = host_.process().cpu_time();
    cpu_read_at_ = now;
  }
  return cpu_;
}

// --- stopping
// -----------------------------------------------------------------------------------------------------------

bool StepDelivery::runs(DispatchId dispatch) const {
  return std::any_of(sent_.begin(), sent_.end(),
                     [dispatch](const auto& sent) { return sent.second.job.reply.dispatch() == dispatch; });
}

void StepDelivery::cancel(DispatchId dispatch, CancelReason reason, CancelUrgency urgency) {
  const auto sent = std::find_if(sent_.begin(), sent_.end(), [dispatch](const auto& entry) {
    return entry.second.job.reply.dispatch() == dispatch;
  });
  if (sent == sent_.end()) return;
  Escalation& escalation = sent->second.escalation;
  const bool waits = sent->first != ledger_.oldest();
  if (!waits && urgency == CancelUrgency::IfQueued) return;
  const bool kills = !waits && urgency == CancelUrgency::Immediate;
  const auto action = kills ? escalation.kill(reason) : escalation.cancel(reason, clock_.steady());
  ledger_.asked_to_stop(sent->first, *escalation.reason());  // also when the cancel is under way
  act(sent, action);
}

void StepDelivery::take_back_waiting() {
  std::string lines;
  for (auto& [id, sent] : sent_) {
    if (id == ledger_.oldest()) continue;
    if (sent.escalation.recall(clock_.steady()) == Escalation::Action::Recall) lines += recall_line(id);
  }
  if (lines.empty()) return;
  host_.write(std::move(lines));
  nudge();
}

std::optional<TimePoint> StepDelivery::holds_up_since() const {
  if (sent_.size() < 2 || sent_.rbegin()->second.escalation.begun()) return std::nullopt;
  return sent_.begin()->second.begun.steady;
}

void StepDelivery::tick(TimePoint now) {
  // An action may answer nothing, but it may end the process; the map stays as it is.
  for (auto sent = sent_.begin(); sent != sent_.end(); ++sent) {
    if (now >= sent->second.escalation.next_due()) act(sent, sent->second.escalation.due(now));
  }
}

void StepDelivery::act(SentMap::iterator sent, Escalation::Action action) {
  switch (action) {
    case Escalation::Action::None:
      return;
    case Escalation::Action::Recall:
      host_.write(recall_line(sent->first));
      return nudge();
    case Escalation::Action::Cancel:
      ledger_.asked_to_stop(sent->first, *sent->second.escalation.reason());
      host_.write(cancel_line(sent->first));
      if (sent->first == ledger_.oldest()) take_back_waiting();
      [[fallthrough]];
    case Escalation::Action::Nudge:
      return nudge();
    case Escalation::Action::Terminate:
      return host_.end_group(SIGTERM);
    case Escalation::Action::Kill:
      ledger_.asked_to_stop(sent->first, *sent->second.escalation.reason());
      return host_.end_group(SIGKILL);
  }
}

/// Never before a cancel's last byte is in the pipe: the runner would look, and find half a line.
void StepDelivery::nudge() {
  host_.process().flush_input();
  if (host_.process().unwritten() == 0) host_.process().signal(SIGURG);
}

TimePoint StepDelivery::next_due() const {
  TimePoint due = TimePoint::max();
  for (const auto& [id, sent] : sent_) due = std::min(due, sent.escalation.next_due());
  return due;
}

void StepDelivery::shift(Duration by) {
  for (auto& [id, sent] : sent_) sent.escalation.shift(by);
}

// --- what the worker says
// -----------------------------------------------------------------------------------------------

/// Answers come in the order of the requests, but for a request that is given back unstarted.
std::optional<std::string> StepDelivery::refuse(rpc::RequestId id, bool given_back) const {
  if (!ledger_.is_open(id)) return "answered request " + std::to_string(id) + ", which is not open";
  if (given_back || id == ledger_.oldest()) return std::nullopt;
  return "answered request " + std::to_string(id) + " before request " + std::to_string(*ledger_.oldest());
}

std::optional<std::string> StepDelivery::on_answer(const rpc::ResultMessage& message) {
  if (auto fault = refuse(message.id, false)) return fault;
  finish(message.id, step_answer(message, limits_), false, true);
  return std::nullopt;
}

std::optional<std::string> StepDelivery::on_answer(const rpc::ErrorMessage& message) {
  const auto found = sent_.find(message.id);
  const bool known = found != sent_.end();
  StepAnswer answer = step_answer(message, known ? found->second.escalation.reason() : std::nullopt,
                                  known ? found->second.job.timeout : Duration{});
  if (known && message.code == rpc::ErrorCode::UnknownContextRef) {
    // Sent again without end, it would be refused without end.
    if (!contexts_.refers(message.id) && !definitions_.refers(message.id)) {
      return "does not know a reference of request " + std::to_string(message.id) + ", which has none";
    }
    contexts_.give_up();
    definitions_.give_up();
  }
  const bool given_back = std::holds_alternative<NotStarted>(answer.outcome);
  if (auto fault = refuse(message.id, given_back)) return fault;
  const bool acknowledged = message.code == rpc::ErrorCode::Cancelled;
  // It ran after all when the engine took it back for its own sake: nobody's fault.
  if (acknowledged && !given_back && !found->second.escalation.reason()) {
    answer.outcome = WorkerLost{std::get<Cancelled>(answer.outcome).error, true};
  }
  if (answer.retires) {
    retires_ = RecycleReason::Exhausted;
    ledger_.exhausted();
  }
  finish(message.id, std::move(answer), acknowledged, !acknowledged && !given_back);
  return std::nullopt;
}

bool StepDelivery::on_notification(const rpc::NotificationMessage& message) {
  const JsonMembers params = JsonMembers::of_checked(message.params);
  const auto id = ledger_.oldest();
  if (!id || params.integer("id") != static_cast<std::int64_t>(*id)) return false;
  Sent& sent = sent_.at(*id);
  sent.heard = clock_.steady();
  if (message.method == "log") {
    sent.job.reply.log(
        {params.string("level").value_or("info"), params.string("message").value_or(""), params.json("fields")});
  } else if (message.method == "step/started") {
    ledger_.started(*id);
    sent.job.reply.started(host_.process().pid());
  } else if (message.method == "step/progress") {
    auto percent = params.number("percent");
    if (percent) percent = std::clamp(*percent, 0.0, 100.0);
    sent.job.reply.progress({percent, params.string("message").value_or("")});
  } else if (message.method == "step/extend_deadline") {
    const double seconds = params.number("seconds").value_or(0);
    if (std::isfinite(seconds) && seconds > 0) {
      const std::chrono::duration<double> by(std::min(seconds, kLongestExtension));
      sent.escalation.extend(*sent.heard + std::chrono::duration_cast<Duration>(by));
    }
  }
  return true;
}

bool StepDelivery::on_output(std::string_view line) {
  const auto id = ledger_.oldest();
  if (!id) return false;
  Sent& sent = sent_.at(*id);
  sent.heard = clock_.steady();
  sent.job.reply.log({"output", to_valid_utf8(line), JsonText()});
  return true;
}

// --- answers
// ------------------------------------------------------------------------------------------------------------

void StepDelivery::finish(rpc::RequestId id, StepAnswer answer, bool acknowledged, bool completed) {
  host_.flush_output();
  auto node = sent_.extract(id);
  Sent& sent = node.mapped();
  AttemptReport attempt = report(sent, answer);
  attempt.late = completed && sent.escalation.begun();
  // A process that was asked to stop and did not say so can't be trusted with the next step.
  const bool stopped_as_asked = acknowledged && !sent.escalation.is_ending();
  if (sent.escalation.begun() && !stopped_as_asked && !retires_) retires_ = RecycleReason::Distrusted;
  ledger_.answered(id);
  contexts_.answered(id);
  definitions_.answered(id);
  begin_oldest();
  StepEnd end{sent.job.reply.dispatch(), sent.job.handler, completed, answer.took, answer.rss_kb};
  if (!end.took && sent.begun.steady != TimePoint{}) end.took = attempt.duration;
  sent.job.reply.answer(std::move(answer.outcome), attempt);
  host_.step_ended(end);
}

AttemptReport StepDelivery::report(const Sent& sent, const StepAnswer& answer) const {
  AttemptReport attempt;
  attempt.worker_pid = host_.process().pid();
  const bool begun = sent.begun.steady != TimePoint{};
  attempt.queued = sent.job.queued + ((begun ? sent.begun.steady : clock_.steady()) - sent.queued_at);
  if (begun) {
    attempt.duration = clock_.steady() - sent.begun.steady;
    attempt.started_at = sent.begun.wall;
  }
  attempt.cpu_us = answer.cpu_us;
  attempt.max_rss_kb = answer.max_rss_kb;
  return attempt;
}

void StepDelivery::on_gone(Death death, const ErrorInfo& evidence, const ExitStatus& status) {
  for (const auto& [id, fate] : ledger_.close(host_.written(), death)) {
    const Sent& sent = sent_.at(id);
    StepAnswer answer;
    answer.outcome = outcome_of(fate, evidence, sent.job.timeout,
                                sent.heard ? std::optional(clock_.steady() - *sent.heard) : std::nullopt);
    if (fate.kind != Fate::Kind::NotStarted) {
      if (status.cpu && sent.cpu_before) {
        answer.cpu_us = std::chrono::duration_cast<std::chrono::microseconds>(*status.cpu - *sent.cpu_before).count();
      }
      if (status.max_rss_kb > 0) answer.max_rss_kb = status.max_rss_kb;
    }
    finish(id, std::move(answer), true, false);
  }
}

std::optional<SlotStep> StepDelivery::snapshot(TimePoint now) const {
  const auto id = ledger_.oldest();
  if (!id) return std::nullopt;
  const Sent& sent = sent_.at(*id);
  SlotStep step;
  step.task_uuid = sent.job.task_uuid.text();
  step.name = sent.job.step_name;
  step.attempt = sent.job.attempt;
  step.running = now - sent.begun.steady;
  if (const auto deadline = sent.escalation.deadline()) step.deadline_in = *deadline - now;
  if (sent.heard) step.last_heard = now - *sent.heard;
  step.stage = to_string(sent.escalation.stage());
  step.queued_behind = ledger_.size() - 1;
  return step;
}

}  // namespace tasker::worker
