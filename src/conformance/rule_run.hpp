#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/rule.hpp"

namespace tasker::conformance {

/// What has come of a rule. A rule that was not played has a reason, too.
struct Verdict {
  enum class Kind { Passed, Failed, Skipped };
  Kind kind = Kind::Passed;
  std::string reason;  ///< empty when it passed
};

/// How a process ended.
struct Ending {
  std::optional<int> exit_code;
  int signal = 0;
  std::string text;  ///< "exit 3", "killed by SIGSEGV"
};

/// Plays one script against what a runner says. Pure: it is told what was heard and gives what to do next. The driver
/// asks `next` until it gives nothing, then waits for a line, the end of the process, or the limit.
class RuleRun {
 public:
  explicit RuleRun(std::vector<Move> script) : script_(std::move(script)) {}

  /// The next move that acts (never an Expect or ExpectEnd). None: it waits, or it is over.
  std::optional<Move> next();
  void heard(std::string_view line);
  /// The process is gone; `rest` is what it wrote without a newline at the end.
  void ended(const Ending& ending, std::string_view rest);
  void timed_out(std::string_view limit);
  /// A line grew over what the driver keeps.
  void overflowed();

  const std::optional<Verdict>& verdict() const { return verdict_; }
  /// How far the script has come. Log lines get it no further.
  std::size_t position() const { return at_; }
  /// True after a nudge, until the next message: the engine sends SIGURG again and again until it is answered.
  bool nudging() const { return nudging_; }
  /// The first result: the answer to `initialize`. Empty: none yet.
  const std::string& hello() const { return hello_; }
  /// The conversation, for a report: "> ..." to the runner, "< ..." from it. Its first 1,000 lines.
  const std::vector<std::string>& transcript() const { return transcript_; }

 private:
  bool over() const { return verdict_ || at_ >= script_.size(); }
  void note(std::string entry);
  void settle();
  void judge(const Heard& heard);
  void judge_end(const Ending& ending);
  void fail(std::string reason);
  std::string awaited() const;

  std::vector<Move> script_;
  std::size_t at_ = 0;
  std::deque<Heard> unread_;
  std::optional<Ending> ending_;
  std::optional<Verdict> verdict_;
  std::vector<std::string> transcript_;
  std::string hello_;
  bool spoke_ = false;
  bool nudging_ = false;
};

}  // namespace tasker::conformance
