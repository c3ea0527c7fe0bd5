#include "cli/terminal/progress_steps.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "cli/text/error_text.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::array<std::string_view, 10> kSpinner{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::array<std::string_view, 4> kAsciiSpinner{"|", "/", "-", "\\"};
constexpr auto kSpinnerStep = std::chrono::milliseconds(100);
constexpr std::size_t kWord = 9;
constexpr std::size_t kTime = 8;

std::string standing(std::string_view word, const std::string& time) {
  return fit_left(word, kWord) + fit_right(time, kTime);
}

/// Whole seconds up, so that a countdown never says 0 while it waits.
std::string countdown(Duration left) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left);
  if (seconds >= std::chrono::minutes(1)) return human_text(seconds);
  return std::to_string(std::max<long>(1, static_cast<long>(seconds.count()))) + " s";
}

int most_attempts(const Task& task, const WorkflowStep& step) {
  const auto& templates = task.task_template->steps;
  return step.template_index < templates.size() ? templates[step.template_index].retry.max_attempts : 1;
}

void append(std::string& note, const std::string& piece) {
  if (!piece.empty()) note += (note.empty() ? "" : "  ") + piece;
}

}  // namespace

std::string spinner(TimePoint now, const Style& style) {
  const auto turn = static_cast<std::size_t>(now.time_since_epoch() / kSpinnerStep);
  return std::string(style.unicode ? kSpinner[turn % kSpinner.size()] : kAsciiSpinner[turn % kAsciiSpinner.size()]);
}

// --- events
// ------------------------------------------------------------------------------------------------------------

void ProgressSteps::add(const Task& task, const std::vector<WorkflowStep>& steps, TimePoint now) {
  for (std::size_t i = steps_.size(); i < steps.size(); ++i) {
    const WorkflowStep& step = steps[i];
    Step made;
    made.name = one_line(step.name);
    made.attempt = static_cast<int>(step.attempts);
    made.max_attempts = std::max(most_attempts(task, step), made.attempt);
    made.since = now;
    made.retry_at = now + step.retry_delay.value_or(Duration{});
    if (!step.history.empty()) made.took = step.history.back().report.duration;
    made.error = error_headline(step.error);
    by_name_[step.name] = i;
    steps_.push_back(std::move(made));
    states_.push_back(step.state);
    ++counts_[step.state];
    dependencies_.emplace_back(step.dependencies.begin(), step.dependencies.end());
  }
  tree_.emplace(dependencies_);
}

std::optional<std::size_t> ProgressSteps::find(const WorkflowStep& step) const {
  const auto found = by_name_.find(step.name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t ProgressSteps::count(StepState state) const {
  const auto found = counts_.find(state);
  return found == counts_.end() ? 0 : found->second;
}

void ProgressSteps::on(const TaskStarted& event, TimePoint now) {
  *this = ProgressSteps();
  add(event.task, event.steps, now);
}

void ProgressSteps::on(const StepStarted& event, TimePoint now) {
  const auto at = find(event.step);
  if (!at) return;
  Step& step = steps_[*at];
  set(*at, StepState::InProgress);
  step.attempt = event.attempt;
  step.max_attempts = std::max(step.max_attempts, event.attempt);
  step.since = now;
  step.progress.clear();
  step.said.clear();
  step.error.clear();
}

void ProgressSteps::on(const StepProgressed& event) {
  const auto at = find(event.step);
  if (!at) return;
  std::string& progress = steps_[*at].progress;
  progress.clear();
  if (event.progress.percent) progress = std::to_string(static_cast<int>(*event.progress.percent)) + " %";
  append(progress, one_line(event.progress.message));
}

void ProgressSteps::on(const StepLogged& event) {
  const auto at = find(event.step);
  if (at) steps_[*at].said = one_line(event.log.message);
}

void ProgressSteps::ended(const WorkflowStep& step, StepState state) {
  const auto at = find(step);
  if (!at) return;
  set(*at, state);
  steps_[*at].attempt = static_cast<int>(step.attempts);
  if (!step.history.empty()) steps_[*at].took = step.history.back().report.duration;
  steps_[*at].error = state == StepState::Complete ? "" : error_headline(step.error);
}

void ProgressSteps::on(const StepCompleted& event) { ended(event.step, StepState::Complete); }

void ProgressSteps::on(const StepFailed& event) { ended(event.step, StepState::Error); }

void ProgressSteps::on(const RetryScheduled& event, TimePoint now) {
  ended(event.step, StepState::WaitingForRetry);
  if (const auto at = find(event.step)) steps_[*at].retry_at = now + event.delay;
}

void ProgressSteps::on(const StepsCreated& event, TimePoint now) { add(event.task, event.steps, now); }

void ProgressSteps::set(std::size_t at, StepState state) {
  --counts_[states_[at]];
  ++counts_[state];
  states_[at] = state;
}

// --- rows
// --------------------------------------------------------------------------------------------------------------

std::string ProgressSteps::note(const Step& step, StepState state) const {
  std::string note;
  switch (state) {
    case StepState::InProgress:
      if (step.attempt > 1)
        append(note, "attempt " + std::to_string(step.attempt) + " of " + std::to_string(step.max_attempts));
      append(note, step.progress);
      append(note, step.said);
      break;
    case StepState::WaitingForRetry:
      append(note, "attempt " + std::to_string(step.attempt + 1) + " of " +
                       std::to_string(std::max(step.max_attempts, step.attempt + 1)));
      append(note, step.error);
      break;
    case StepState::Pending:
      break;
    default:
      if (step.attempt > 1) append(note, std::to_string(step.attempt) + " attempts");
      append(note, step.error.empty() ? step.said : step.error);
  }
  return note;
}

StepCells ProgressSteps::cells(std::size_t at, TimePoint now, const Style& style) const {
  const Step& step = steps_[at];
  StepCells cells;
  cells.name = step.name;
  cells.state = states_[at];
  cells.note = note(step, cells.state);
  const std::string took = step.took ? human_text(*step.took) : "";
  switch (cells.state) {
    case StepState::InProgress:
      cells.mark = spinner(now, style);
      cells.standing = standing("running", human_text(now - step.since));
      break;
    case StepState::WaitingForRetry:
      cells.standing = standing("retry in", countdown(step.retry_at - now));
      break;
    case StepState::Error:
      cells.standing = standing("failed", took);
      cells.note_is_error = true;
      break;
    case StepState::Pending:
      cells.standing = standing("pending", "");
      break;
    default:
      cells.standing = standing(cells.state == StepState::ResolvedManually ? "resolved" : to_string(cells.state), took);
  }
  return cells;
}

std::vector<std::string> ProgressSteps::rows(std::size_t room, TimePoint now, const Style& style) {
  if (!tree_ || room == 0) return {};
  const auto tree = tree_->rows_within(room, states_, style.unicode);
  std::vector<StepCells> all;
  columns_.name = std::min(columns_.name, columns_of(style) * 2 / 5);
  for (const TreeRow& row : tree) {
    all.push_back(row.folded > 0 ? StepCells{} : cells(row.node, now, style));
    if (row.folded == 0) columns_.fit(row, all.back(), style);
  }
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    rows.push_back(tree[i].folded > 0 ? folded_row(tree[i], style) : step_row(tree[i], all[i], columns_, style));
  }
  return rows;
}

}  // namespace tasker::cli
