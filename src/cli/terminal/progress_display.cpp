#include "cli/terminal/progress_display.hpp"

#include <chrono>
#include <utility>

#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr auto kFramePause = std::chrono::milliseconds(100);

/// What replaces a block of `height` rows by `lines` and `block`. One write per frame, each line erased to its end
/// instead of the screen first: nothing flickers.
std::string frame_text(std::size_t height, const std::vector<std::string>& lines,
                       const std::vector<std::string>& block) {
  std::string out = "\r";
  if (height > 0) out += "\x1b[" + std::to_string(height) + "A";
  for (const std::string& line : lines) out += line + "\x1b[K\n";
  for (const std::string& line : block) out += line + "\x1b[K\n";
  return out += "\x1b[J";
}

}  // namespace

ProgressDisplay::ProgressDisplay(const Clock& clock, Screen screen)
    : clock_(clock), screen_(std::move(screen)), model_(screen_.style()) {}

void ProgressDisplay::on_event(const Event& event, WallTime) {
  const TimePoint now = clock_.steady();
  model_.apply(event, now);
  if (!drawn_ || !model_.is_running() || now - drawn_at_ >= kFramePause) draw(now);
}

void ProgressDisplay::say(const std::vector<std::string>& lines) {
  model_.say(lines);
  draw(clock_.steady());
}

void ProgressDisplay::tick() {
  const TimePoint now = clock_.steady();
  if (model_.is_running() && now - drawn_at_ >= kFramePause) draw(now);
}

void ProgressDisplay::finish() {
  if (std::exchange(finished_, true)) return;
  const auto lines = model_.take_lines();
  if (!drawn_ && lines.empty()) return;
  // The empty line parts it from the result, which follows on the same screen.
  screen_.write(frame_text(rows_on_screen(screen_.style()), lines, {}) + "\n");
  block_widths_.clear();
}

void ProgressDisplay::draw(TimePoint now) {
  if (screen_.is_behind()) return;  // a stopped terminal gets one frame when it goes on, not all it has missed
  const Style style = screen_.style();
  const auto block = model_.live_block(now, style);
  const auto lines = model_.take_lines();
  drawn_ = true;
  drawn_at_ = now;
  if (lines.empty() && block.empty() && block_widths_.empty()) return;
  screen_.write(frame_text(rows_on_screen(style), lines, block));
  block_widths_.clear();
  for (const std::string& line : block)
    block_widths_.push_back(display_width(one_line(line + "|")) - 1);  // spaces at its end count
}

std::size_t ProgressDisplay::rows_on_screen(const Style& style) const {
  const auto width = static_cast<std::size_t>(std::max(style.width, 1));
  std::size_t rows = 0;
  for (const std::size_t columns : block_widths_) rows += std::max<std::size_t>((columns + width - 1) / width, 1);
  return std::min(rows, static_cast<std::size_t>(std::max(style.height - 1, 0)));  // the rest has left the screen
}

// --- one line per event
// ------------------------------------------------------------------------------------------------

namespace {

std::string plural(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string why(const SharedError& error) { return error ? ": " + error_headline(error) : ""; }

std::string in_time(const WorkflowStep& step) {
  return step.history.empty() ? "" : " in " + human_text(step.history.back().report.duration);
}

std::string after(std::uint32_t attempts) { return attempts > 1 ? " after " + plural(attempts, "attempt") : ""; }

struct LineOf {
  std::string operator()(const TaskStarted& e) const {
    return one_line(e.task.task_template->name) + ": " + plural(e.steps.size(), "step");
  }
  std::string operator()(const StepStarted& e) const {
    return e.attempt > 1 ? one_line(e.step.name) + ": attempt " + std::to_string(e.attempt) : "";
  }
  std::string operator()(const StepProgressed& e) const {
    std::string line = one_line(e.step.name) + ":";
    if (e.progress.percent) line += " " + std::to_string(static_cast<int>(*e.progress.percent)) + " %";
    const std::string message = one_line(e.progress.message);
    return message.empty() ? line : line + " " + message;
  }
  std::string operator()(const StepLogged& e) const { return one_line(e.step.name) + " | " + one_line(e.log.message); }
  std::string operator()(const StepCompleted& e) const {
    return one_line(e.step.name) + ": complete" + in_time(e.step) + after(e.step.attempts);
  }
  std::string operator()(const StepFailed& e) const {
    return one_line(e.step.name) + ": failed" + after(e.step.attempts) + why(e.step.error);
  }
  std::string operator()(const RetryScheduled& e) const {
    return one_line(e.step.name) + ": attempt " + std::to_string(e.step.attempts) + " failed" + why(e.step.error) +
           "; retry in " + human_text(e.delay);
  }
  std::string operator()(const StepsCreated& e) const {
    return one_line(e.by.name) + ": creates " + plural(e.count, "step");
  }
  std::string operator()(const TaskEnded& e) const {
    return one_line(e.record.task.task_template->name) + ": " + std::string(to_string(e.record.state)) +
           why(e.record.error);
  }
  std::string operator()(const TaskDropped& e) const {
    return one_line(e.task.task_template->name) + ": " + one_line(e.why.message);
  }
  std::string operator()(const WorkerStarting&) const { return ""; }
  std::string operator()(const WorkerStarted&) const { return ""; }
  std::string operator()(const WorkerRecycled& e) const {
    return e.reason == RecycleReason::Distrusted ? "worker " + std::to_string(e.worker) + " is replaced: " + e.why : "";
  }
  std::string operator()(const WorkerExited& e) const {
    if (e.expected) return "";
    const std::string who = "worker " + std::to_string(e.worker) + " (pid " + std::to_string(e.pid) + ")";
    return who + (e.canary ? ", which was to try the new code, is gone: " : " is gone: ") + one_line(e.how);
  }
  std::string operator()(const WorkersHeld& e) const {
    const std::string what = e.serving == 0 ? "no worker boots, steps wait"
                                            : "no further worker boots, " + plural(e.serving, "worker") +
                                                  " of the pool " + (e.serving == 1 ? "goes on" : "go on");
    return what + "; next try in " + human_text(e.probe_in) + ": " + one_line(e.report.message);
  }
  std::string operator()(const WorkersReleased&) const { return "workers boot again"; }
  std::string operator()(const WorkersCodeLoaded& e) const {
    return "new code is loaded (generation " + std::to_string(e.generation) + ")";
  }
  std::string operator()(const WorkersCodeRejected& e) const {
    return "new code does not load, generation " + std::to_string(e.serving) +
           " goes on: " + one_line(e.report.message);
  }
  std::string operator()(const WorkerLogged& e) const {
    return "worker " + std::to_string(e.worker) + " | " + one_line(e.line);
  }
};

}  // namespace

std::string progress_line(const Event& event) { return std::visit(LineOf{}, event); }

void ProgressLines::on_event(const Event& event, WallTime) {
  if (std::string line = progress_line(event); !line.empty()) write_(line + "\n");
}

}  // namespace tasker::cli
