#include "cli/watch/step_tree.hpp"

#include <algorithm>
#include <map>

namespace tasker::cli {

namespace {

bool is_quiet(const GraphNode& node) {
  return !node.state || *node.state == StepState::Pending || *node.state == StepState::Complete;
}

class Grower {
 public:
  Grower(const Graph& graph, std::size_t most, bool unicode)
      : graph_(graph), most_(most), unicode_(unicode), children_(graph.nodes.size()) {
    const auto levels = levels_of(graph);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const auto& dependencies = graph.nodes[i].dependencies;
      if (dependencies.empty()) {
        roots_.push_back(i);
        continue;
      }
      const auto deepest = *std::max_element(dependencies.begin(), dependencies.end(),
                                             [&](auto a, auto b) { return levels[a] < levels[b]; });
      children_[deepest].push_back(i);
    }
  }

  std::vector<TreeRow> run() {
    grow(roots_, "", true);
    // A stack of its own: a line of a thousand steps is no reason for a thousand calls.
    while (!open_.empty()) {
      const Item item = open_.back();
      open_.pop_back();
      rows_.push_back(item.row);
      if (item.row.folded == 0) grow(children_[item.row.node], item.below, false);
    }
    return std::move(rows_);
  }

 private:
  struct Item {
    TreeRow row;
    std::string below;  ///< in front of its children
  };

  std::string_view pen(std::string_view unicode, std::string_view ascii) const { return unicode_ ? unicode : ascii; }

  /// Queues siblings, the last first.
  void grow(const std::vector<std::size_t>& siblings, const std::string& before, bool top) {
    std::vector<TreeRow> rows = folded(siblings);
    const bool branches = !top && rows.size() > 1;
    for (std::size_t i = rows.size(); i-- > 0;) {
      const bool last = i + 1 == rows.size();
      std::string below = before;
      rows[i].branch = before;
      if (branches) {
        rows[i].branch += last ? pen("└─ ", "`- ") : pen("├─ ", "|- ");
        below += last ? "   " : pen("│  ", "|  ");
      }
      open_.push_back({std::move(rows[i]), std::move(below)});
    }
  }

  std::vector<TreeRow> folded(const std::vector<std::size_t>& siblings) const {
    std::vector<TreeRow> rows;
    TreeRow rest;
    std::map<std::string, std::size_t> counts;
    for (const std::size_t i : siblings) {
      const GraphNode& node = graph_.nodes[i];
      if (siblings.size() <= most_ || !is_quiet(node) || !children_[i].empty()) {
        rows.push_back({"", i, 0});
        continue;
      }
      if (rest.folded++ == 0) rest.node = i;
      ++counts[std::string(to_string(node.state.value_or(StepState::Pending)))];
    }
    if (rest.folded == 0) return rows;
    for (const auto& [state, count] : counts) {
      rest.folded_text += (rest.folded_text.empty() ? "" : ", ") + std::to_string(count) + " " + state;
    }
    rows.push_back(std::move(rest));
    return rows;
  }

  const Graph& graph_;
  std::size_t most_;
  bool unicode_;
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::size_t> roots_;
  std::vector<Item> open_;
  std::vector<TreeRow> rows_;
};

}  // namespace

std::vector<TreeRow> step_tree(const Graph& graph, std::size_t most, bool unicode) {
  return Grower(graph, most, unicode).run();
}

}  // namespace tasker::cli
