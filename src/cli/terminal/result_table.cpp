#include "cli/terminal/result_table.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "cli/terminal/failure_text.hpp"
#include "cli/terminal/state_paint.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "cli/text/pretty_json.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kManySteps = 60;    ///< above it the complete ones are counted, not listed
constexpr std::size_t kResultLines = 40;  ///< of one result
constexpr std::size_t kNoteBytes = 2000;  ///< more is never shown on one line

struct Row {
  const WorkflowStep* step;
  std::string name, state, attempts, time, note;
};

Duration ran_for(const WorkflowStep& step) {
  if (step.started_at && step.finished_at) return *step.finished_at - *step.started_at;
  return step.history.empty() ? Duration{} : step.history.back().report.duration;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + one_line(name);
  return out;
}

std::string note_of(const WorkflowStep& step) {
  if (step.error && step.error->kind == ErrorKind::Blocked) return "blocked by " + joined(step.error->blocked_by);
  if (step.state == StepState::Complete || step.state == StepState::ResolvedManually) {
    const std::string_view json = step.results.view().substr(0, kNoteBytes);
    return one_line(json);
  }
  return error_headline(step.error);
}

Row row_of(const WorkflowStep& step, const Style& style) {
  const bool ran = step.started_at || !step.history.empty();
  const std::string none(style.glyph("–", "-"));
  return {&step,
          one_line(step.name),
          std::string(to_string(step.state)),
          ran ? std::to_string(step.attempts) : none,
          ran ? human_text(ran_for(step)) : none,
          note_of(step)};
}

std::string mark(const WorkflowStep& step, const Style& style) {
  switch (step.state) {
    case StepState::Complete:
    case StepState::ResolvedManually:
      return style.green(style.glyph("✓", "+"));
    case StepState::Error:
      return style.red(style.glyph("✗", "x"));
    case StepState::Cancelled:
      return style.magenta(style.glyph("■", "#"));
    default:
      return style.dim(style.glyph("○", "o"));
  }
}

std::string painted_note(const Row& row, const std::string& text, const Style& style) {
  return row.step->state == StepState::Error ? style.red(text) : style.dim(text);
}

std::vector<Row> rows_of(const TaskRecord& record, const Style& style) {
  const bool many = record.steps.size() > kManySteps;
  std::vector<Row> rows;
  for (const WorkflowStep& step : record.steps) {
    if (many && step.state == StepState::Complete) continue;
    if (rows.size() < kManySteps) rows.push_back(row_of(step, style));
  }
  return rows;
}

std::string left_out(const TaskRecord& record, std::size_t shown) {
  const auto complete = static_cast<std::size_t>(std::count_if(
      record.steps.begin(), record.steps.end(), [](const auto& step) { return step.state == StepState::Complete; }));
  if (record.steps.size() <= kManySteps) return "";
  const std::size_t others = record.steps.size() - complete - shown;
  std::string text = "  " + std::to_string(complete) + " complete steps";
  if (others > 0) text += " and " + std::to_string(others) + " others";
  return text + " are not listed; -o json has all\n";
}

std::size_t widest(const std::vector<Row>& rows, std::string Row::*column, std::string_view title) {
  std::size_t width = display_width(title);
  for (const Row& row : rows) width = std::max(width, display_width(row.*column));
  return width;
}

// --- below the table
// ---------------------------------------------------------------------------------------------------

/// Steps nobody depends on: what the workflow was run for.
std::vector<const WorkflowStep*> last_steps(const TaskRecord& record) {
  const auto& templates = record.task.task_template->steps;
  std::vector<bool> has_dependants(templates.size());
  for (const StepTemplate& step : templates) {
    for (const auto dependency : step.dependencies) has_dependants[dependency] = true;
  }
  std::vector<const WorkflowStep*> last;
  for (const WorkflowStep& step : record.steps) {
    const bool leaf = step.template_index >= has_dependants.size() || !has_dependants[step.template_index];
    if (leaf && step.state == StepState::Complete && last.size() < kManySteps) last.push_back(&step);
  }
  return last;
}

std::string cut_lines(const std::string& text, const Style& style) {
  std::size_t lines = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\n' || ++lines < kResultLines) continue;
    const auto more = std::count(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), '\n');
    return text.substr(0, at + 1) + "    " + style.dim("and " + std::to_string(more) + " more lines; -o json has all");
  }
  return text;
}

std::string results_text(const TaskRecord& record, const Style& style) {
  const auto steps = last_steps(record);
  if (steps.empty()) return "";
  std::string out = "\n" + style.bold(steps.size() == 1 ? "Result" : "Results") + "\n";
  const auto width = static_cast<std::size_t>(std::max(style.width - 4, 20));
  for (const WorkflowStep* step : steps) {
    if (steps.size() > 1) out += "  " + style.cyan(one_line(step->name)) + "\n";
    const std::size_t indent = steps.size() > 1 ? 4 : 2;
    out += std::string(indent, ' ') + cut_lines(pretty_json(step->results.view(), width, indent), style) + "\n";
  }
  return out;
}

std::string headline(const TaskRecord& record, const Style& style) {
  const std::string name = style.bold(one_line(record.task.task_template->name));
  std::string time;
  if (record.started_at && record.finished_at) time = " in " + human_text(*record.finished_at - *record.started_at);
  const std::string state(to_string(record.state));
  const auto count = static_cast<std::size_t>(std::count_if(
      record.steps.begin(), record.steps.end(), [](const auto& step) { return satisfies_dependants(step.state); }));
  const std::string steps =
      ", " + std::to_string(count) + " of " + std::to_string(record.steps.size()) + " steps complete";
  std::string line = record.state == TaskState::Complete
                         ? style.green(style.glyph("✓ ", "")) + name + " is " + style.green("complete")
                     : record.state == TaskState::Cancelled
                         ? style.magenta(style.glyph("■ ", "")) + name + " was " + style.magenta("cancelled")
                     : record.state == TaskState::Error
                         ? style.red(style.glyph("✗ ", "")) + name + " ended with an " + style.red("error")
                         : name + " is " + style.magenta(state);
  line += time + (record.state == TaskState::Complete ? "" : steps) + "\n";
  if (record.error) line += "  " + style.red(error_headline(record.error)) + "\n";
  return line;
}

}  // namespace

std::string step_table(const TaskRecord& record, const Style& style) {
  const std::vector<Row> rows = rows_of(record, style);
  if (rows.empty()) return left_out(record, 0);
  const auto total = static_cast<std::size_t>(std::max(style.width - 1, 20));
  const std::size_t name = std::min(widest(rows, &Row::name, "STEP"), std::max<std::size_t>(total * 2 / 5, 8));
  const std::size_t state = widest(rows, &Row::state, "STATE");
  const std::size_t attempts = widest(rows, &Row::attempts, "TRIES");
  const std::size_t time = widest(rows, &Row::time, "TIME");
  const std::size_t used = 4 + name + 2 + state + 2 + attempts + 2 + time + 2;
  const std::size_t note = total > used + 8 ? total - used : 0;  // too narrow for a note: leave it out
  const std::string_view dots = style.glyph("…", "~");

  std::string out =
      "    " +
      style.dim(fit_left("STEP", name) + "  " + fit_left("STATE", state) + "  " + fit_right("TRIES", attempts) + "  " +
                fit_right("TIME", time) + (note > 0 ? "  NOTE" : "")) +
      "\n";
  for (const Row& row : rows) {
    out += "  " + mark(*row.step, style) + " " + fit_left(row.name, name, dots) + "  ";
    out +=
        painted(row.step->state, fit_left(row.state, state), style) + "  " + fit_right(row.attempts, attempts) + "  ";
    out += fit_right(row.time, time);
    if (note > 0 && !row.note.empty()) out += "  " + painted_note(row, cut(row.note, note, dots), style);
    out += "\n";
  }
  return out + left_out(record, rows.size());
}

std::string result_text(const TaskRecord& record, const Style& style) {
  std::string out = headline(record, style) + "\n" + step_table(record, style);
  return out + (record.state == TaskState::Complete ? results_text(record, style) : failures_text(record, style));
}

}  // namespace tasker::cli
