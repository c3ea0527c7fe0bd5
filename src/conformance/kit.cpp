#include "conformance/kit.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <utility>

#include "core/json_scan.hpp"
#include "core/time_text.hpp"
#include "core/utf8.hpp"
#include "io/event_loop.hpp"
#include "rpc/line_framer.hpp"

namespace tasker::conformance {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestLine = 64u << 20;
constexpr std::size_t kStderrTail = 2048;
constexpr Duration kPause = 2ms;
constexpr Duration kNudgeAgain = 100ms;

/// One rule and one process. Acts for RuleRun, which decides.
class Player {
 public:
  Player(io::EventLoop& loop, worker::ProcessLauncher& launcher, const KitOptions& options)
      : loop_(loop), launcher_(launcher), options_(options), framer_(kLongestLine) {}

  /// Runs the loop until the process is gone.
  void play(const Rule& rule) {
    loop_.on_timer([this] { on_timer(); });
    start();
    run_ = std::make_unique<RuleRun>(rule.script(Subject{process_->pid(), options_.handlers}));
    restart_limit();
    pump();
    loop_.run();
    loop_.on_timer({});
    loop_.set_timer(std::nullopt);
  }

  const RuleRun& run() const { return *run_; }
  std::string stderr_tail() const { return to_valid_utf8(stderr_); }

 private:
  void start() {
    worker::ProcessEvents events;
    events.on_stdout = [this](std::string_view bytes) { on_stdout(bytes); };
    events.on_stderr = [this](std::string_view bytes) { keep(bytes); };
    events.on_gone = [this](const worker::ExitStatus& status) { on_gone(status); };
    auto launched = launcher_.launch(options_.command, std::move(events));
    if (auto* error = std::get_if<worker::LaunchError>(&launched)) throw std::runtime_error(error->message);
    process_ = std::get<std::unique_ptr<worker::Process>>(std::move(launched));
  }

  /// Acts as far as the script goes on by itself.
  void pump() {
    while (!paused_) {
      const auto move = run_->next();
      if (!move) break;
      act(*move);
    }
    if (run_->position() != position_) restart_limit();  // not for whatever it says: it may log for ever
    position_ = run_->position();
    if (run_->verdict() && !gone_) process_->signal_group(SIGKILL);
    arm();
  }

  void act(const Move& move) {
    if (const auto* write = std::get_if<Write>(&move)) return process_->write(write->bytes);
    if (std::holds_alternative<Nudge>(move)) return nudge();
    if (std::holds_alternative<Terminate>(move)) return process_->signal_group(SIGTERM);
    if (std::holds_alternative<CloseInput>(move)) return process_->close_stdin();
    paused_ = true;
    pause_ends_ = clock_.steady() + kPause;
  }

  void nudge() {
    process_->signal(SIGURG);
    next_nudge_ = clock_.steady() + kNudgeAgain;
  }

  void on_stdout(std::string_view bytes) {
    const bool fits = framer_.feed(bytes, [this](std::string_view line) {
      run_->heard(line);
      return true;
    });
    if (!fits) run_->overflowed();
    pump();
  }

  void on_gone(const worker::ExitStatus& status) {
    gone_ = true;
    run_->ended({status.exit_code, status.signal, status.text()}, framer_.partial());
    loop_.stop();
  }

  void on_timer() {
    const TimePoint now = clock_.steady();
    if (paused_ && now >= pause_ends_) paused_ = false;
    if (run_->nudging() && now >= next_nudge_ && !gone_) nudge();
    if (now >= limit_ends_ && !run_->verdict()) run_->timed_out(human_text(options_.limit));
    pump();
  }

  void restart_limit() { limit_ends_ = clock_.steady() + options_.limit; }

  void arm() {
    TimePoint due = limit_ends_;
    if (paused_) due = std::min(due, pause_ends_);
    if (run_->nudging()) due = std::min(due, next_nudge_);
    loop_.set_timer(gone_ || run_->verdict() ? std::nullopt : std::optional(due));
  }

  void keep(std::string_view bytes) {
    stderr_.append(bytes);
    if (stderr_.size() > kStderrTail) stderr_.erase(0, stderr_.size() - kStderrTail);
  }

  io::EventLoop& loop_;
  worker::ProcessLauncher& launcher_;
  const KitOptions& options_;
  SystemClock clock_;
  rpc::LineFramer framer_;
  std::unique_ptr<worker::Process> process_;
  std::unique_ptr<RuleRun> run_;
  std::string stderr_;
  std::size_t position_ = 0;
  bool gone_ = false;
  bool paused_ = false;
  TimePoint pause_ends_{};
  TimePoint next_nudge_{};
  TimePoint limit_ends_{};
};

bool wanted(const Rule& rule, const std::vector<std::string>& only) {
  return only.empty() || std::find(only.begin(), only.end(), rule.id) != only.end();
}

/// What the runner announces, from a first conversation that is no rule's.
Announced ask_what_it_has(io::EventLoop& loop, worker::ProcessLauncher& launcher, const KitOptions& options) {
  Player player(loop, launcher, options);
  player.play(rules().front());
  return announced_in(player.run().hello());
}

}  // namespace

Announced announced_in(std::string_view hello) {
  Announced announced;
  if (hello.empty()) return announced;
  announced.greeted = true;
  const JsonMembers members = JsonMembers::of_checked(hello);
  for (const std::string_view element : json_elements(members.find("handlers").value_or("[]"))) {
    const JsonMembers handler = JsonMembers::of_checked(element);
    if (auto name = handler.string("name")) announced.handlers.insert(*std::move(name));
    for (std::string& alias : handler.strings("aliases")) announced.handlers.insert(std::move(alias));
  }
  for (std::string& feature : members.strings("features")) announced.features.insert(std::move(feature));
  return announced;
}

std::optional<Verdict> not_played(const Rule& rule, const Announced& announced) {
  if (rule.handler.empty() && rule.feature.empty()) return std::nullopt;
  if (!announced.greeted) return Verdict{Verdict::Kind::Failed, "it did not answer initialize; H1 tells how"};
  if (!rule.feature.empty() && !announced.features.contains(rule.feature))
    return Verdict{Verdict::Kind::Skipped, "the runner does not announce the feature " + std::string(rule.feature)};
  if (rule.handler.empty() || announced.handlers.contains(rule.handler)) return std::nullopt;
  const auto kind = rule.level == Level::Mandatory ? Verdict::Kind::Failed : Verdict::Kind::Skipped;
  return Verdict{kind, "the runner announces no handler " + std::string(rule.handler)};
}

std::vector<RuleReport> play_rules(io::EventLoop& loop, worker::ProcessLauncher& launcher, const KitOptions& options,
                                   const std::function<void(const RuleReport&)>& on_report) {
  const Announced announced = ask_what_it_has(loop, launcher, options);
  std::vector<RuleReport> reports;
  for (const Rule& rule : rules()) {
    if (!wanted(rule, options.only)) continue;
    RuleReport report{&rule, {}, {}, {}};
    if (auto verdict = not_played(rule, announced)) {
      report.verdict = *std::move(verdict);
    } else {
      Player player(loop, launcher, options);
      player.play(rule);
      report.verdict = *player.run().verdict();
      if (report.verdict.kind == Verdict::Kind::Failed) {
        report.conversation = player.run().transcript();
        report.stderr_tail = player.stderr_tail();
      }
    }
    if (on_report) on_report(report);
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace tasker::conformance
