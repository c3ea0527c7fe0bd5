#include "cli/watch/step_row.hpp"

#include <algorithm>

#include "cli/terminal/state_paint.hpp"

namespace tasker::cli {

namespace {

std::string mark_of(StepState state, const Style& style) {
  switch (state) {
    case StepState::Complete:
    case StepState::ResolvedManually:
      return std::string(style.glyph("✓", "+"));
    case StepState::Error:
      return std::string(style.glyph("✗", "!"));
    case StepState::Cancelled:
      return std::string(style.glyph("⊘", "-"));
    case StepState::InProgress:
      return std::string(style.glyph("●", "*"));
    case StepState::WaitingForRetry:
      return std::string(style.glyph("↻", "~"));
    case StepState::Pending:
      break;
  }
  return std::string(style.glyph("○", "."));
}

std::string in_front(const TreeRow& row) { return "  " + row.branch; }

}  // namespace

std::size_t columns_of(const Style& style) { return static_cast<std::size_t>(std::max(style.width - 1, 1)); }

void StepColumns::fit(const TreeRow& row, const StepCells& cells, const Style& style) {
  name = std::max(name, display_width(row.branch) + display_width(cells.name));
  name = std::min(name, std::max<std::size_t>(columns_of(style) * 2 / 5, 8));
  standing = std::max(standing, display_width(cells.standing));
}

std::string step_row(const TreeRow& row, const StepCells& cells, const StepColumns& columns, const Style& style) {
  const auto dim = [&](const std::string& text) { return style.dim(text); };
  const auto as_state = [&](const std::string& text) { return painted(cells.state, text, style); };
  const std::size_t branch = display_width(row.branch);
  PiecedLine line(columns_of(style));
  line.add(in_front(row), dim).add(cells.mark.empty() ? mark_of(cells.state, style) : cells.mark, as_state).add(" ");
  line.add(fit_left(cells.name, columns.name - std::min(columns.name, branch), style.glyph("…", "~")));
  if (!cells.standing.empty() || !cells.note.empty())
    line.add("  ").add(fit_left(cells.standing, columns.standing), as_state);
  if (!cells.note.empty()) {
    line.add("  ").add(
        cells.note, [&](const std::string& text) { return cells.note_is_error ? style.red(text) : style.dim(text); });
  }
  return line.text();
}

std::string folded_row(const TreeRow& row, const Style& style) {
  const auto dim = [&](const std::string& text) { return style.dim(text); };
  return PiecedLine(columns_of(style))
      .add(in_front(row), dim)
      .add(std::string(style.glyph("… ", "~ ")) + row.folded_text, dim)
      .text();
}

}  // namespace tasker::cli
