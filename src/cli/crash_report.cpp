#include "cli/crash_report.hpp"

#include <cctype>
#include <utility>

namespace tasker::cli {

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool is_frame_of_ours(std::string_view line) {
  return has(line, "/ruby_runner/runner.rb:") || has(line, "/tasker_core");
}

/// As in /proc/self/maps: `7f59cd855000-7f59cd859000 r--p ...`.
bool is_mapping(std::string_view line) {
  std::size_t digits = 0;
  while (digits < line.size() && std::isxdigit(static_cast<unsigned char>(line[digits]))) ++digits;
  return digits >= 8 && digits < line.size() && line[digits] == '-';
}

bool is_closing_note(std::string_view line) {
  return line.empty() || line.starts_with("[NOTE]") || line.starts_with("You may have encountered a bug") ||
         line.starts_with("Bug reports are welcome") || line.starts_with("For details: http") ||
         line.starts_with("Don't forget to include");
}

std::string left_out(std::size_t lines) {
  return std::to_string(lines) + " more lines of Ruby's crash report; -o jsonl shows all";
}

}  // namespace

bool CrashReport::is_over(std::string_view line) const {
  return part_ == Part::MemoryMap && !is_mapping(line) && !is_closing_note(line);
}

bool CrashReport::shows(std::string_view line) {
  if (part_ == Part::None || is_over(line)) {
    part_ = has(line, "[BUG]") ? Part::Head : Part::None;
    return true;
  }
  const bool shown = shows_inside(line);
  if (!shown) ++hidden_;
  return shown;
}

bool CrashReport::shows_inside(std::string_view line) {
  if (line.starts_with("-- ")) {
    part_ = line.starts_with("-- Ruby level backtrace") ? Part::Backtrace : Part::Other;
    return false;
  }
  if (line.starts_with("* Process memory map")) {
    part_ = Part::MemoryMap;
    return false;
  }
  if (line.empty()) return false;
  return part_ == Part::Head || (part_ == Part::Backtrace && !is_frame_of_ours(line));
}

std::size_t CrashReport::end() {
  part_ = Part::None;
  return std::exchange(hidden_, 0);
}

std::vector<std::string> without_crash_noise(const std::vector<std::string>& lines) {
  CrashReport report;
  std::vector<std::string> shown;
  for (const std::string& line : lines) {
    if (report.shows(line)) shown.push_back(line);
  }
  if (const std::size_t hidden = report.end(); hidden > 0)
    shown.emplace_back("(Ruby's crash report; -o jsonl shows all of it)");
  return shown;
}

void CrashAbridger::on_event(const Event& event, WallTime at) {
  if (const auto* logged = std::get_if<StepLogged>(&event)) return on_step_line(*logged, at);
  if (const auto* logged = std::get_if<WorkerLogged>(&event)) return on_worker_line(*logged, at);
  // What was left out is told before the event that ends the report.
  if (const auto* ended = std::get_if<StepCompleted>(&event)) end_step(ended->task, ended->step, at);
  if (const auto* ended = std::get_if<StepFailed>(&event)) end_step(ended->task, ended->step, at);
  if (const auto* ended = std::get_if<RetryScheduled>(&event)) end_step(ended->task, ended->step, at);
  if (const auto* exited = std::get_if<WorkerExited>(&event)) end_worker(*exited, at);
  people_.on_event(event, at);
}

void CrashAbridger::on_step_line(const StepLogged& event, WallTime at) {
  const auto known = of_steps_.find(event.step.name);
  if (known == of_steps_.end()) {
    CrashReport report;
    report.shows(event.log.message);
    if (report.is_inside()) of_steps_.emplace(event.step.name, report);
    return people_.on_event(event, at);
  }
  const bool shown = known->second.shows(event.log.message);
  if (!known->second.is_inside()) end_step(event.task, event.step, at);
  if (shown) people_.on_event(event, at);
}

void CrashAbridger::end_step(const Task& task, const WorkflowStep& step, WallTime at) {
  const auto known = of_steps_.find(step.name);
  if (known == of_steps_.end()) return;
  const std::size_t lines = known->second.end();
  of_steps_.erase(known);
  if (lines == 0) return;
  const StepLog note{"output", left_out(lines), JsonText()};
  people_.on_event(StepLogged{task, step, note}, at);
}

void CrashAbridger::on_worker_line(const WorkerLogged& event, WallTime at) {
  if (of_workers_[event.worker].shows(event.line)) people_.on_event(event, at);
}

void CrashAbridger::end_worker(const WorkerExited& event, WallTime at) {
  const std::size_t lines = of_workers_[event.worker].end();
  if (lines > 0) people_.on_event(WorkerLogged{event.worker, event.pid, left_out(lines)}, at);
}

}  // namespace tasker::cli
