#include "cli/watch/watch_model.hpp"

#include <algorithm>
#include <utility>

#include "cli/graph/graph_model.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/text/error_text.hpp"
#include "cli/watch/step_tree.hpp"
#include "core/time_text.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kMostSiblings = 12;  ///< of which all are shown
constexpr std::size_t kWidestName = 40;

std::string painted(std::string_view state, const std::string& text, const Style& style) {
  if (state == "complete" || state == "resolved_manually") return style.green(text);
  if (state == "error" || state == "cancelled" || state == "blocked_by_failures") return style.red(text);
  if (state == "pending") return style.dim(text);
  return style.yellow(text);
}

std::string mark(StepState state, const Style& style) {
  switch (state) {
    case StepState::Complete:
    case StepState::ResolvedManually:
      return style.green(style.glyph("✓", "+"));
    case StepState::Error:
      return style.red(style.glyph("✗", "!"));
    case StepState::Cancelled:
      return style.red(style.glyph("⊘", "-"));
    case StepState::InProgress:
      return style.cyan(style.glyph("●", "*"));
    case StepState::WaitingForRetry:
      return style.yellow(style.glyph("↻", "~"));
    case StepState::Pending:
      break;
  }
  return style.dim(style.glyph("○", "."));
}

std::string short_time(const std::optional<WallTime>& time) {
  return time ? iso_text(*time).substr(0, 19).replace(10, 1, " ") : std::string();
}

std::size_t columns_of(const Style& style) { return static_cast<std::size_t>(std::max(style.width - 1, 1)); }

/// A line made of plain pieces, each cut to what is left of the width before it is dressed: an escape code is never
/// cut.
class Row {
 public:
  explicit Row(std::size_t width) : left_(width) {}
  template <typename Dress>
  Row& add(const std::string& text, Dress dress) {
    const std::string piece = cut(text, left_);
    left_ -= std::min(left_, display_width(piece));
    out_ += dress(piece);
    return *this;
  }
  Row& add(const std::string& text) {
    return add(text, [](const std::string& piece) { return piece; });
  }
  std::string text() const { return out_; }

 private:
  std::size_t left_;
  std::string out_;
};

/// The columns of a step's row that all rows share.
struct Widths {
  std::size_t name = 0;
  std::size_t standing = 0;
};

/// Nothing keeps it from running: it runs, or will as soon as a worker is free. Which of the two is not in the store.
bool is_ready(const Graph& graph, const GraphNode& node) {
  return node.state == StepState::Pending &&
         std::all_of(node.dependencies.begin(), node.dependencies.end(), [&](const auto index) {
           const auto state = graph.nodes[index].state;
           return state == StepState::Complete || state == StepState::ResolvedManually;
         });
}

std::string step_row(const TreeRow& row, const Graph& graph, const WatchedTask& task, const Widths& widths,
                     const Style& style) {
  const auto dim = [&](const std::string& text) { return style.dim(text); };
  Row line(columns_of(style));
  line.add("  ").add(row.branch, dim);
  const std::size_t branch = display_width(row.branch);
  if (row.folded > 0) {
    return line
        .add(std::string(style.glyph("… ", "~ ")) + std::to_string(row.folded) + " more: " + row.folded_text, dim)
        .text();
  }
  const GraphNode& node = graph.nodes[row.node];
  const StepState state = node.state.value_or(StepState::Pending);
  const bool ready = is_ready(graph, node);
  line.add(std::string(" "), [&](const std::string&) { return mark(ready ? StepState::InProgress : state, style); })
      .add(" ");
  line.add(fit_left(one_line(node.name), widths.name - std::min(widths.name, branch))).add("  ");
  line.add(fit_left(ready ? "ready" : standing_of(node), widths.standing),
           [&](const std::string& text) { return painted(to_string(state), text, style); });
  line.add("  ");
  if (!node.error.empty() && state != StepState::Complete) {
    line.add(one_line(node.error), [&](const std::string& text) { return style.red(text); });
  } else if (const auto said = task.last_line.find(node.name); said != task.last_line.end()) {
    line.add(one_line(said->second), dim);
  }
  return line.text();
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
    Row line(columns_of(style));
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
  Widths widths;
  for (const TreeRow& row : tree) {
    if (row.folded > 0) continue;
    const GraphNode& node = graph.nodes[row.node];
    widths.name = std::max(widths.name, display_width(row.branch) + display_width(one_line(node.name)));
    widths.standing = std::max(widths.standing, display_width(standing_of(node)));
  }
  widths.name = std::min(widths.name, std::max<std::size_t>(columns_of(style) / 2, 8));
  std::vector<std::string> rows;
  for (const TreeRow& row : tree) rows.push_back(step_row(row, graph, *task_, widths, style));
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
        Row(columns_of(style))
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
      Row(columns_of(style))
          .add(one_line(graph.name), bold)
          .add(" " + one_line(graph.version) + "  ", dim)
          .add(graph.note, [&](const std::string& text) { return painted(to_string(record.state), text, style); })
          .add("  " + std::to_string(done) + " of " + std::to_string(graph.nodes.size()) + " steps")
          .text());
  std::string who = record.task.uuid.text();
  if (!task_->standing.empty()) who += "  " + one_line(task_->standing);
  head.push_back(Row(columns_of(style)).add(who, dim).text());
  head.emplace_back();
  return framed(std::move(head), task_rows(now, style),
                arrows + " scroll  " + (has_list_ ? "esc list  " : "") + "q quit", style);
}

}  // namespace tasker::cli
