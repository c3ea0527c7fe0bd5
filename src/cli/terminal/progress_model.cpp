#include "cli/terminal/progress_model.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "cli/terminal/progress_display.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::array<std::string_view, 10> kSpinner{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::array<std::string_view, 4> kAsciiSpinner{"|", "/", "-", "\\"};
constexpr auto kSpinnerStep = std::chrono::milliseconds(100);
constexpr std::size_t kWidestName = 32;

std::string_view spinner(const Style& style, Duration elapsed) {
  const auto turn = static_cast<std::size_t>(elapsed / kSpinnerStep);
  return style.unicode ? kSpinner[turn % kSpinner.size()] : kAsciiSpinner[turn % kAsciiSpinner.size()];
}

std::string attempts_text(std::uint32_t attempts) {
  return attempts > 1 ? std::to_string(attempts) + " attempts" : std::string();
}

Duration ran_for(const WorkflowStep& step) {
  return step.history.empty() ? Duration{} : step.history.back().report.duration;
}

/// Whole seconds up, so that a countdown never says 0 while it waits.
std::string countdown(Duration left) {
  return std::to_string(std::max<long>(1, static_cast<long>(std::chrono::ceil<std::chrono::seconds>(left).count()))) +
         " s";
}

}  // namespace

void ProgressModel::apply(const Event& event, TimePoint now) {
  std::visit([&](const auto& e) { on(e, now); }, event);
}

std::vector<std::string> ProgressModel::take_lines() { return std::exchange(lines_, {}); }

std::string ProgressModel::name_column(const std::string& name) const {
  return fit_left(one_line(name), name_width_, style_.glyph("…", "~"));
}

// --- events
// ------------------------------------------------------------------------------------------------------------

void ProgressModel::on(const TaskStarted& event, TimePoint now) {
  const TaskTemplate& made_of = *event.task.task_template;
  running_ = true;
  started_ = now;
  total_ = made_of.steps.size();
  for (const StepTemplate& step : made_of.steps)
    name_width_ = std::max(name_width_, display_width(one_line(step.name)));
  name_width_ = std::min(name_width_, kWidestName);
  lines_.push_back(
      style_.bold(one_line(made_of.name)) +
      style_.dim(" " + one_line(made_of.version) + ", " + std::to_string(total_) + (total_ == 1 ? " step" : " steps")));
}

void ProgressModel::on(const StepStarted& event, TimePoint now) {
  const auto known = active_order_.find(event.step.name);
  const std::uint64_t place = known != active_order_.end() ? known->second : ++order_;
  const auto& templates = event.task.task_template->steps;
  const int most =
      event.step.template_index < templates.size() ? templates[event.step.template_index].retry.max_attempts : 1;
  active_order_[event.step.name] = place;
  active_[place] = ActiveStep{event.step.name, event.attempt, std::max(most, event.attempt), now, std::nullopt, ""};
}

void ProgressModel::on(const StepProgressed& event, TimePoint) {
  const auto known = active_order_.find(event.step.name);
  if (known == active_order_.end()) return;
  std::string note;
  if (event.progress.percent) note = std::to_string(static_cast<int>(*event.progress.percent)) + " %";
  const std::string message = one_line(event.progress.message);
  if (!message.empty()) note += (note.empty() ? "" : "  ") + message;
  active_[known->second].note = note;
}

void ProgressModel::on(const StepLogged& event, TimePoint) {
  log_line(event.step.name, event.log.message, event.log.level);
}

void ProgressModel::on(const StepCompleted& event, TimePoint) {
  ++done_;
  if (const auto known = active_order_.find(event.step.name); known != active_order_.end()) {
    active_.erase(known->second);
    active_order_.erase(known);
  }
  std::string line = "  " + style_.green(style_.glyph("✓", "ok")) + " " + name_column(event.step.name) + "  " +
                     style_.dim(fit_right(human_text(ran_for(event.step)), 9));
  if (event.step.attempts > 1) line += "  " + style_.yellow(attempts_text(event.step.attempts));
  lines_.push_back(std::move(line));
}

void ProgressModel::on(const StepFailed& event, TimePoint) {
  ++failed_;
  if (const auto known = active_order_.find(event.step.name); known != active_order_.end()) {
    active_.erase(known->second);
    active_order_.erase(known);
  }
  const std::string attempts = event.step.attempts > 1 ? " (" + attempts_text(event.step.attempts) + ")" : "";
  // The whole error follows at the end; here it must not take more than its line.
  const std::size_t used = 4 + name_width_ + 2 + 9 + 2 + attempts.size() + 1;
  const auto width = static_cast<std::size_t>(std::max(style_.width, 20));
  const std::size_t room = width > used + 10 ? width - used : 10;
  lines_.push_back("  " + style_.red(style_.glyph("✗", "!!")) + " " + name_column(event.step.name) + "  " +
                   style_.dim(fit_right(human_text(ran_for(event.step)), 9)) + "  " +
                   style_.red(cut(error_headline(event.step.error), room, style_.glyph("…", "~"))) +
                   style_.dim(attempts));
}

void ProgressModel::on(const RetryScheduled& event, TimePoint now) {
  const auto known = active_order_.find(event.step.name);
  if (known == active_order_.end()) return;
  ActiveStep& step = active_[known->second];
  step.retry_at = now + event.delay;
  step.note = error_headline(event.step.error);
}

void ProgressModel::on(const StepsCreated& event, TimePoint) {
  total_ = event.total;
  log_line(event.by.name, "creates " + std::to_string(event.count) + (event.count == 1 ? " step" : " steps"), "info");
}

void ProgressModel::on(const TaskEnded&, TimePoint) {
  running_ = false;
  active_.clear();
  active_order_.clear();
}

void ProgressModel::worker_line(const Event& event) {
  const std::string line = progress_line(event);
  if (!line.empty()) lines_.push_back("  " + style_.yellow(style_.glyph("▲", "!!")) + " " + style_.yellow(line));
}

void ProgressModel::on(const WorkerStarted&, TimePoint) { ++workers_; }

void ProgressModel::on(const WorkerExited& event, TimePoint) {
  if (event.kind != WorkerEndKind::BootFailed)
    workers_ = std::max(0, workers_ - 1);  // one that never was ready never counted
  worker_line(event);
}

void ProgressModel::on(const WorkerLogged& event, TimePoint) {
  log_line("worker " + std::to_string(event.worker), event.line, "info");
}

void ProgressModel::log_line(const std::string& who, const std::string& text, const std::string& level) {
  const std::string bar(style_.glyph(" │ ", " | "));
  const std::string said = one_line(text);
  const bool loud = level == "warn" || level == "error";
  lines_.push_back("    " + style_.dim(name_column(who) + bar) + (loud ? style_.yellow(said) : style_.dim(said)));
}

// --- the block
// ---------------------------------------------------------------------------------------------------------

std::string ProgressModel::active_line(const ActiveStep& step, TimePoint now, std::size_t width) const {
  const bool waits = step.retry_at.has_value();
  const std::string_view glyph = waits ? style_.glyph("↻", "~") : spinner(style_, now - started_);
  const std::string time = waits ? countdown(*step.retry_at - now) : human_text(now - step.since);
  const std::string what = waits ? "retry in " + time : time;
  std::string rest;
  if (waits) {
    rest = "attempt " + std::to_string(step.attempt + 1) + " of " + std::to_string(step.max_attempts);
  } else if (step.attempt > 1) {
    rest = "attempt " + std::to_string(step.attempt) + " of " + std::to_string(step.max_attempts);
  }
  if (!step.note.empty()) rest += (rest.empty() ? "" : "  ") + step.note;

  // Cut as plain text first, dressed afterwards: an escape code must never be cut in two.
  const std::string name = name_column(step.name);
  const std::size_t head = 4 + name_width_ + 2;
  const std::string middle = fit_right(what, 9);
  const std::size_t used = head + std::max<std::size_t>(9, display_width(what)) + 2;
  const std::string tail = used < width ? cut(rest, width - used, style_.glyph("…", "~")) : "";
  if (head >= width) return cut("  " + std::string(glyph) + " " + name, width);
  const std::string time_text = cut(display_width(what) > 9 ? what : middle, width - head);
  const std::string mark = waits ? style_.yellow(glyph) : style_.cyan(glyph);
  std::string line = "  " + mark + " " + name + "  " + (waits ? style_.yellow(time_text) : time_text);
  if (!tail.empty()) line += "  " + style_.dim(tail);
  return line;
}

std::string ProgressModel::summary_line(TimePoint now, std::size_t width) const {
  const auto waiting = static_cast<std::size_t>(std::count_if(
      active_.begin(), active_.end(), [](const auto& entry) { return entry.second.retry_at.has_value(); }));
  const std::string dot(style_.glyph(" · ", ", "));
  std::string text = std::to_string(done_) + " of " + std::to_string(total_) + (total_ == 1 ? " step" : " steps");
  if (active_.size() > waiting) text += dot + std::to_string(active_.size() - waiting) + " running";
  if (waiting > 0) text += dot + std::to_string(waiting) + " waiting";
  if (failed_ > 0) text += dot + std::to_string(failed_) + " failed";
  text += dot + std::to_string(workers_) + (workers_ == 1 ? " worker" : " workers") + dot + human_text(now - started_);
  return "  " + style_.dim(cut(text, width > 2 ? width - 2 : 0, style_.glyph("…", "~")));
}

std::vector<std::string> ProgressModel::live_block(TimePoint now, int width, int height) const {
  if (!running_) return {};
  // The last column stays empty: some terminals wrap as soon as it is written.
  const auto columns = static_cast<std::size_t>(std::max(width - 1, 1));
  const auto room = static_cast<std::size_t>(std::clamp(height - 4, 1, 16));
  std::vector<std::string> lines;
  for (const auto& [place, step] : active_) {
    if (lines.size() + 1 >= room && active_.size() > room) break;
    lines.push_back(active_line(step, now, columns));
  }
  if (lines.size() < active_.size()) {
    const std::string more = "and " + std::to_string(active_.size() - lines.size()) + " more";
    lines.push_back("  " +
                    style_.dim(cut(std::string(style_.glyph("… ", "~ ")) + more, columns > 2 ? columns - 2 : 0)));
  }
  lines.push_back(summary_line(now, columns));
  return lines;
}

}  // namespace tasker::cli
