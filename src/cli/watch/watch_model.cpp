#include "cli/watch/watch_model.hpp"

#include <algorithm>
#include <utility>

#include "cli/graph/graph_model.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "cli/watch/step_row.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kMostSiblings = 12;  ///< of which all are shown
constexpr std::size_t kWidestName = 40;

std::string painted(std::string_view state, const std::string& text, const Style& style) {
  if (state == "complete" || state == "resolved_manually") return style.green(text);
  if (state == "error" || state == "cancelled" || state == "blocked_by_failures") return style.red(text);
  if (state == "pending") return style.dim(text);
  return style.magenta(text);
}

std::string short_time(const std::optional<WallTime>& time) {
  return time ? iso_text(*time).substr(0, 19).replace(10, 1, " ") : std::string();
}

StepCells cells_of(const Graph& graph, const GraphNode& node, const WatchedTask& task, const Style& style) {
  StepCells cells;
  cells.name = one_line(node.name);
  cells.state = node.state.value_or(StepState::Pending);
  cells.standing = standing_of(node);
  if (task.standing.is_run && is_ready(graph, node)) {
    cells.mark = style.glyph("●", "*");
    cells.standing = kRunsOrWaits;
  }
  if (!node.error.empty() && cells.state != StepState::Complete) {
    cells.note = one_line(node.error);
    cells.note_is_error = true;
  } else if (const auto said = task.last_line.find(node.name); said != task.last_line.end()) {
    cells.note = one_line(said->second);
  }
  return cells;
}

}  // namespace

void WatchModel::show(std::vector<store::TaskSummary> tasks) {
  tasks_ = std::move(tasks);
  const bool there = std::any_of(tasks_.begin(), tasks_.end(), [&](const auto& t) { return t.uuid.text() == chosen_; });
  if (!there) chosen_ = tasks_.empty() ? "" : tasks_.front().uuid.text();
}

void WatchModel::show(WatchedTask task) {
  if (!task_) top_ = 0;
  task_ = std::move(task);
}

void WatchModel::choose(long by) {
  if (tasks_.empty()) return;
  long at = 0;
  while (at + 1 < static_cast<long>(tasks_.size()) && tasks_[static_cast<std::size_t>(at)].uuid.text() != chosen_) ++at;
  at = std::clamp(at + by, 0L, static_cast<long>(tasks_.size()) - 1);
  chosen_ = tasks_[static_cast<std::size_t>(at)].uuid.text();
  const auto place = static_cast<std::size_t>(at);
  if (place < top_) top_ = place;
  if (place >= top_ + room_) top_ = place + 1 - room_;
}

WatchModel::Action WatchModel::on_key(Key key) {
  const auto page = static_cast<long>(std::max<std::size_t>(room_, 2) - 1);
  const auto far = static_cast<long>(rows_);
  long by = 0;
  switch (key) {
    case Key::Quit:
      return Leave{};
    case Key::Back:
      if (!task_ || !has_list_) return Leave{};
      task_.reset();
      top_ = 0;
      choose(0);
      return Back{};
    case Key::Enter:
      if (task_ || chosen_.empty()) return Stay{};
      return Open{chosen_};
    case Key::Up:
      by = -1;
      break;
    case Key::Down:
      by = 1;
      break;
    case Key::PageUp:
      by = -page;
      break;
    case Key::PageDown:
      by = page;
      break;
    case Key::Home:
      by = -far;
      break;
    case Key::End:
      by = far;
      break;
  }
  if (!task_) {
    choose(by);
  } else {
    top_ = static_cast<std::size_t>(std::max(0L, static_cast<long>(top_) + by));  // its end is seen to by `framed`
  }
  return Stay{};
}

std::vector<std::string> WatchModel::list_rows(const Style& style) const {
  std::size_t names = 8;
  for (const auto& task : tasks_) names = std::max(names, display_width(one_line(task.name)));
  names = std::min(names, kWidestName);
  std::vector<std::string> rows;
  for (const auto& task : tasks_) {
    const bool chosen = task.uuid.text() == chosen_;
    PiecedLine line(columns_of(style));
    line.add(std::string(chosen ? style.glyph("▸ ", "> ") : "  "),
             [&](const std::string& text) { return style.cyan(text); });
    line.add(fit_left(one_line(task.name), names),
             [&](const std::string& text) { return chosen ? style.bold(text) : text; });
    line.add("  ").add(fit_left(task.state, 19),
                       [&](const std::string& text) { return painted(task.state, text, style); });
    line.add(fit_right(std::to_string(task.steps_complete) + "/" + std::to_string(task.steps_total), 9));
    line.add("  " + fit_left(short_time(task.started_at), 19) + "  " + task.uuid.text(),
             [&](const std::string& text) { return style.dim(text); });
    rows.push_back(line.text());
  }
  return rows;
}

std::vector<std::string> WatchModel::task_rows(WallTime now, const Style& style) const {
  const Graph graph = graph_of(task_->record, now);
  const auto tree = step_tree(graph, kMostSiblings, style.unicode);
  std::vector<StepCells> cells;
  StepColumns columns;
  for (const TreeRow& row : tree) {
    cells.push_back(row.folded > 0 ? StepCells{} : cells_of(graph, graph.nodes[row.node], *task_, style));
    if (row.folded == 0) columns.fit(row, cells.back(), style);
  }
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    rows.push_back(tree[i].folded > 0 ? folded_row(tree[i], style) : step_row(tree[i], cells[i], columns, style));
  }
  return rows;
}

std::vector<std::string> WatchModel::framed(std::vector<std::string> head, const std::vector<std::string>& rows,
                                            const std::string& keys, const Style& style) {
  const auto height = static_cast<std::size_t>(std::max(style.height, 1));
  room_ = height > head.size() + 1 ? height - head.size() - 1 : 1;
  rows_ = rows.size();
  top_ = std::min(top_, rows.size() > room_ ? rows.size() - room_ : 0);
  std::vector<std::string> lines = std::move(head);
  for (std::size_t i = 0; i < room_; ++i) lines.push_back(top_ + i < rows.size() ? rows[top_ + i] : "");
  std::string foot = keys;
  if (rows.size() > room_) {
    foot = std::to_string(top_ + 1) + "-" + std::to_string(std::min(top_ + room_, rows.size())) + " of " +
           std::to_string(rows.size()) + "  " + keys;
  }
  lines.push_back(style.dim(cut(foot, columns_of(style))));
  if (lines.size() > height) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(height));
  return lines;
}

std::vector<std::string> WatchModel::lines(WallTime now, const Style& style) {
  const auto dim = [&](const std::string& text) { return style.dim(text); };
  const auto bold = [&](const std::string& text) { return style.bold(text); };
  const std::string arrows(style.glyph("↑↓", "up/down"));
  if (!task_) {
    std::vector<std::string> head{
        PiecedLine(columns_of(style))
            .add(std::to_string(tasks_.size()) + (tasks_.size() == 1 ? " task" : " tasks"), bold)
            .text(),
        ""};
    return framed(std::move(head), list_rows(style), arrows + " choose  enter open  q quit", style);
  }
  const TaskRecord& record = task_->record;
  const Graph graph = graph_of(record, now);
  const auto done = std::count_if(graph.nodes.begin(), graph.nodes.end(), [](const GraphNode& node) {
    return node.state == StepState::Complete || node.state == StepState::ResolvedManually;
  });
  std::vector<std::string> head;
  head.push_back(
      PiecedLine(columns_of(style))
          .add(one_line(graph.name), bold)
          .add(" " + one_line(graph.version) + "  ", dim)
          .add(graph.note, [&](const std::string& text) { return painted(to_string(record.state), text, style); })
          .add("  " + std::to_string(done) + " of " + std::to_string(graph.nodes.size()) + " steps")
          .text());
  std::string who = record.task.uuid.text();
  if (!task_->standing.text.empty()) who += "  " + one_line(task_->standing.text);
  head.push_back(PiecedLine(columns_of(style)).add(who, dim).text());
  head.emplace_back();
  return framed(std::move(head), task_rows(now, style),
                arrows + " scroll  " + (has_list_ ? "esc list  " : "") + "q quit", style);
}

}  // namespace tasker::cli
