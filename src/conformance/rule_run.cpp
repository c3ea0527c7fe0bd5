#include "conformance/rule_run.hpp"

#include <utility>

namespace tasker::conformance {

namespace {

constexpr std::size_t kLongestTranscript = 1000;

/// Log lines may come at any time, and are nobody's answer.
bool may_be_passed_over(const Heard& heard) {
  return heard.kind == Heard::Kind::Notification && (heard.method == "log" || heard.method.starts_with("$/"));
}

std::string describe(const Heard& heard) {
  switch (heard.kind) {
    case Heard::Kind::Result:
      return "a result for request " + heard.id;
    case Heard::Kind::Error:
      return "error " + std::to_string(heard.code) + " for request " + heard.id;
    case Heard::Kind::Notification:
      return "the notification " + heard.method;
    case Heard::Kind::Noise:
      break;
  }
  return "a line that is no message (" + heard.problem + ")";
}

std::string action_text(const Move& move) {
  if (const auto* write = std::get_if<Write>(&move)) return "> " + excerpt(write->bytes);
  if (std::holds_alternative<Nudge>(move)) return "> (SIGURG)";
  if (std::holds_alternative<Terminate>(move)) return "> (SIGTERM)";
  return "> (end of its stdin)";
}

std::string end_text(const ExpectEnd& expected) {
  return expected.signal ? "the end by signal " + std::to_string(expected.signal)
                         : "the end with status " + std::to_string(expected.exit_code);
}

}  // namespace

std::optional<Move> RuleRun::next() {
  settle();
  if (over()) return std::nullopt;
  const Move& move = script_[at_];
  if (std::holds_alternative<Expect>(move) || std::holds_alternative<ExpectEnd>(move)) return std::nullopt;
  nudging_ = std::holds_alternative<Nudge>(move);
  if (!std::holds_alternative<Pause>(move)) note(action_text(move));
  return script_[at_++];
}

void RuleRun::note(std::string entry) {
  if (transcript_.size() > kLongestTranscript) return;
  transcript_.push_back(transcript_.size() < kLongestTranscript ? std::move(entry) : "(and more)");
}

void RuleRun::heard(std::string_view line) {
  Heard heard = hear(line);
  note("< " + excerpt(line));
  // Something that a preload prints before the runner has claimed the wire: the engine logs it.
  if (!spoke_ && heard.kind == Heard::Kind::Noise) return;
  spoke_ = true;
  if (heard.kind == Heard::Kind::Noise) return fail("it wrote " + describe(heard) + ": " + excerpt(line));
  if (hello_.empty() && heard.kind == Heard::Kind::Result) hello_ = heard.result;
  unread_.push_back(std::move(heard));
}

void RuleRun::ended(const Ending& ending, std::string_view rest) {
  note("< (" + ending.text + ")");
  if (!rest.empty() && spoke_) fail("its last line has no newline: " + excerpt(rest));
  ending_ = ending;
  settle();
  if (!over()) fail("it ended (" + ending.text + ") where " + awaited() + " was due");
}

void RuleRun::timed_out(std::string_view limit) {
  settle();
  if (!over()) fail(awaited() + " did not come within " + std::string(limit));
}

void RuleRun::overflowed() { fail("it wrote a line far longer than any limit"); }

/// Takes what was said as far as the script waits for it.
void RuleRun::settle() {
  while (!over()) {
    while (!unread_.empty() && std::holds_alternative<Expect>(script_[at_])) {
      const Heard heard = std::move(unread_.front());
      unread_.pop_front();
      judge(heard);
      if (over()) return;
    }
    if (!std::holds_alternative<ExpectEnd>(script_[at_])) return;
    while (!unread_.empty()) {
      if (!may_be_passed_over(unread_.front()))
        return fail("it wrote what nobody asked for: " + describe(unread_.front()));
      unread_.pop_front();
    }
    if (!ending_) return;
    judge_end(*ending_);
  }
}

void RuleRun::judge(const Heard& heard) {
  const auto& expected = std::get<Expect>(script_[at_]);
  nudging_ = false;
  auto problem = expected.problem(heard);
  if (problem && may_be_passed_over(heard)) return;
  if (problem) return fail(*std::move(problem));
  if (++at_ == script_.size()) verdict_ = Verdict{};
}

void RuleRun::judge_end(const Ending& ending) {
  const auto& expected = std::get<ExpectEnd>(script_[at_]);
  const bool right = expected.signal ? ending.signal == expected.signal : ending.exit_code == expected.exit_code;
  if (!right) return fail("it ended with " + ending.text + " instead of " + end_text(expected));
  if (++at_ == script_.size()) verdict_ = Verdict{};
}

void RuleRun::fail(std::string reason) {
  if (!verdict_) verdict_ = Verdict{Verdict::Kind::Failed, std::move(reason)};
}

std::string RuleRun::awaited() const {
  for (std::size_t i = at_; i < script_.size(); ++i) {
    if (const auto* message = std::get_if<Expect>(&script_[i])) return message->what;
    if (const auto* end = std::get_if<ExpectEnd>(&script_[i])) return end_text(*end);
  }
  return "nothing";
}

}  // namespace tasker::conformance
