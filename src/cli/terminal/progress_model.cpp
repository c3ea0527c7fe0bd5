#include "cli/terminal/progress_model.hpp"

#include <algorithm>

#include "cli/terminal/progress_display.hpp"
#include "cli/terminal/text_width.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kWidestName = 24;
/// Below the rows of the steps: the summary, the cursor's line; above them one line of what was before.
constexpr int kOtherLines = 3;

}  // namespace

void ProgressModel::apply(const Event& event, TimePoint now) {
  std::visit([&](const auto& e) { on(e, now); }, event);
}

std::vector<std::string> ProgressModel::take_lines() { return std::exchange(lines_, {}); }

// --- events
// ------------------------------------------------------------------------------------------------------------

void ProgressModel::on(const TaskStarted& event, TimePoint now) {
  const TaskTemplate& made_of = *event.task.task_template;
  running_ = true;
  started_ = now;
  steps_.on(event, now);
  for (const WorkflowStep& step : event.steps) name_width_ = std::max(name_width_, display_width(one_line(step.name)));
  name_width_ = std::min(name_width_, kWidestName);
  const std::size_t count = event.steps.size();
  lines_.push_back(
      style_.bold(one_line(made_of.name)) +
      style_.dim(" " + one_line(made_of.version) + ", " + std::to_string(count) + (count == 1 ? " step" : " steps")));
}

void ProgressModel::on(const StepLogged& event, TimePoint) {
  steps_.on(event);
  log_line(event.step.name, event.log.message, event.log.level);
}

void ProgressModel::worker_line(const Event& event) {
  const std::string line = progress_line(event);
  if (!line.empty()) lines_.push_back("  " + style_.magenta(style_.glyph("▲", "!!")) + " " + style_.magenta(line));
}

void ProgressModel::on(const WorkerExited& event, TimePoint) {
  if (event.kind != WorkerEndKind::BootFailed)
    workers_ = std::max(0, workers_ - 1);  // one that never was ready never counted
  worker_line(event);
}

void ProgressModel::on(const WorkerLogged& event, TimePoint) {
  log_line("worker " + std::to_string(event.worker), event.line, "info");
}

void ProgressModel::log_line(const std::string& who, const std::string& text, const std::string& level) {
  const std::string name = fit_left(one_line(who), name_width_, style_.glyph("…", "~"));
  const std::string bar(style_.glyph(" │ ", " | "));
  const bool loud = level == "warn" || level == "error";
  lines_.push_back("  " + style_.dim(name) + (loud ? style_.magenta(bar) : style_.dim(bar)) + one_line(text));
}

// --- the block
// ---------------------------------------------------------------------------------------------------------

std::string ProgressModel::summary_line(TimePoint now, const Style& style) const {
  const std::size_t total = steps_.size();
  const std::string dot(style.glyph(" · ", ", "));
  const auto count = [&](StepState state, const char* what) {
    const std::size_t n = steps_.count(state);
    return n > 0 ? dot + std::to_string(n) + " " + what : std::string();
  };
  const std::size_t done = steps_.count(StepState::Complete) + steps_.count(StepState::ResolvedManually);
  std::string text = std::to_string(done) + " of " + std::to_string(total) + (total == 1 ? " step" : " steps");
  text += count(StepState::InProgress, "running") + count(StepState::WaitingForRetry, "waiting");
  text += count(StepState::Error, "failed");
  text += dot + std::to_string(workers_) + (workers_ == 1 ? " worker" : " workers") + dot + human_text(now - started_);
  const std::size_t columns = columns_of(style);
  return "  " + style.dim(cut(text, columns > 2 ? columns - 2 : 0, style.glyph("…", "~")));
}

std::vector<std::string> ProgressModel::live_block(TimePoint now, const Style& style) {
  if (!running_) return {};
  auto lines = steps_.rows(static_cast<std::size_t>(std::max(style.height - kOtherLines, 1)), now, style);
  lines.push_back(summary_line(now, style));
  return lines;
}

}  // namespace tasker::cli
