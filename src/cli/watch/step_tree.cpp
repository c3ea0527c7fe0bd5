#include "cli/watch/step_tree.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "cli/run/plan.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kManySiblings = 12;

std::string_view word(StepState state) {
  switch (state) {
    case StepState::InProgress:
      return "running";
    case StepState::WaitingForRetry:
      return "waiting";
    case StepState::Error:
      return "failed";
    default:
      return to_string(state);
  }
}

/// How much a step asks to be looked at; 0: most.
int rank(StepState state) {
  switch (state) {
    case StepState::Error:
      return 0;
    case StepState::WaitingForRetry:
      return 1;
    case StepState::InProgress:
      return 2;
    case StepState::Pending:
      return 3;
    default:
      return 4;
  }
}

/// Counts steps by their state, and says so.
class Count {
 public:
  void add(StepState state) { ++counts_[static_cast<std::size_t>(state)]; }
  void add(const Count& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  }
  std::size_t total() const {
    std::size_t sum = 0;
    for (const auto count : counts_) sum += count;
    return sum;
  }
  std::string text() const {
    std::string out;
    for (const StepState state :
         {StepState::Error, StepState::WaitingForRetry, StepState::InProgress, StepState::Complete,
          StepState::ResolvedManually, StepState::Cancelled, StepState::Pending}) {
      const auto count = counts_[static_cast<std::size_t>(state)];
      if (count == 0) continue;
      out += (out.empty() ? "" : ", ") + std::to_string(count) + " ";
      out += word(state);
    }
    return out;
  }

 private:
  std::array<std::uint32_t, 7> counts_{};  ///< by StepState
};

/// A row before it is one: what it tells of is counted, and may be counted together with others.
struct Draft {
  std::string branch;
  std::size_t node = 0;
  bool folded = false;
  Count count;
};

class Grower {
 public:
  Grower(const std::vector<std::vector<std::size_t>>& children, const std::vector<StepState>& states,
         const Folding& folding, bool unicode)
      : children_(children), states_(states), folding_(folding), unicode_(unicode) {}

  /// Finds what lies below each step, and whether all of it may be folded.
  void survey(const std::vector<std::size_t>& parents_first) {
    counts_.resize(children_.size());
    quiet_.resize(children_.size());
    for (auto node = parents_first.rbegin(); node != parents_first.rend(); ++node) {
      quiet_[*node] = may_fold(*node);
      counts_[*node].add(states_[*node]);
      for (const std::size_t child : children_[*node]) {
        quiet_[*node] = quiet_[*node] && quiet_[child];
        counts_[*node].add(counts_[child]);
      }
    }
  }

  std::vector<Draft> run(const std::vector<std::size_t>& roots) {
    grow(roots, "", true);
    // A stack of its own: a line of a thousand steps is no reason for a thousand calls.
    while (!open_.empty()) {
      Item item = std::move(open_.back());
      open_.pop_back();
      if (!item.draft.folded) grow(children_[item.draft.node], item.below, false);
      place(std::move(item.draft));
    }
    return std::move(drafts_);
  }

 private:
  struct Item {
    Draft draft;
    std::string below;  ///< in front of its children
  };

  std::string_view pen(std::string_view unicode, std::string_view ascii) const { return unicode_ ? unicode : ascii; }
  bool may_fold(std::size_t node) const {
    const int rank_of_it = rank(states_[node]);
    return rank_of_it == 4 || (rank_of_it == 3 && folding_.pending);
  }

  /// Queues siblings, the last first.
  void grow(const std::vector<std::size_t>& siblings, const std::string& before, bool top) {
    std::vector<Draft> drafts = folded(siblings);
    const bool branches = !top && drafts.size() > 1;
    for (std::size_t i = drafts.size(); i-- > 0;) {
      const bool last = i + 1 == drafts.size();
      std::string below = before;
      drafts[i].branch = before;
      if (branches) {
        drafts[i].branch += last ? pen("└─ ", "`- ") : pen("├─ ", "|- ");
        below += last ? "   " : pen("│  ", "|  ");
      }
      open_.push_back({std::move(drafts[i]), std::move(below)});
    }
  }

  Draft draft_of(std::size_t node) const {
    Draft draft{"", node, false, {}};
    draft.count.add(states_[node]);
    return draft;
  }

  std::vector<Draft> folded(const std::vector<std::size_t>& siblings) const {
    std::vector<Draft> drafts;
    Draft rest{"", 0, true, {}};
    const bool many = siblings.size() > folding_.most;
    for (const std::size_t node : siblings) {
      if (!many || !quiet_[node]) {
        drafts.push_back(draft_of(node));
        continue;
      }
      if (rest.count.total() == 0) rest.node = node;
      rest.count.add(counts_[node]);
    }
    if (rest.count.total() == 1) rest = draft_of(rest.node);
    if (rest.count.total() > 0) drafts.push_back(std::move(rest));
    return drafts;
  }

  /// Behind the rows so far, or into the last of them.
  void place(Draft draft) {
    const auto foldable = [this](const Draft& d) { return d.folded || may_fold(d.node); };
    if (folding_.lines && !drafts_.empty() && drafts_.back().branch == draft.branch && foldable(draft) &&
        foldable(drafts_.back())) {
      drafts_.back().folded = true;
      drafts_.back().count.add(draft.count);
      return;
    }
    drafts_.push_back(std::move(draft));
  }

  const std::vector<std::vector<std::size_t>>& children_;
  const std::vector<StepState>& states_;
  const Folding& folding_;
  bool unicode_;
  std::vector<Count> counts_;  ///< of each step and all below it
  std::vector<char> quiet_;
  std::vector<Item> open_;
  std::vector<Draft> drafts_;
};

/// Leaves the rows that ask most to be looked at, and tells of the others in the last.
std::vector<Draft> curtailed(std::vector<Draft> drafts, std::size_t room, const std::vector<StepState>& states) {
  if (drafts.size() <= room) return drafts;
  std::vector<std::size_t> order(drafts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::vector<int> ranks;
  std::size_t failures = room / 2;  // the other half is for what still goes on
  for (const Draft& draft : drafts) {
    int rank_of_it = draft.folded ? 5 : rank(states[draft.node]);
    if (rank_of_it == rank(StepState::Error)) {
      if (failures == 0) rank_of_it = rank(StepState::Pending);
      failures -= std::min<std::size_t>(failures, 1);
    }
    ranks.push_back(rank_of_it);
  }
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return ranks[a] < ranks[b]; });
  std::vector<bool> kept(drafts.size());
  for (std::size_t i = 0; i + 1 < room; ++i) kept[order[i]] = true;
  std::vector<Draft> out;
  Draft rest{"", 0, true, {}};
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (kept[i]) {
      out.push_back(std::move(drafts[i]));
    } else {
      rest.count.add(drafts[i].count);
    }
  }
  out.push_back(std::move(rest));
  return out;
}

std::vector<TreeRow> finished(const std::vector<Draft>& drafts) {
  std::vector<TreeRow> rows;
  for (const Draft& draft : drafts) {
    TreeRow row{draft.branch, draft.node, 0};
    if (draft.folded) {
      row.folded = draft.count.total();
      row.folded_text = draft.count.text();
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

StepTree::StepTree(const std::vector<std::vector<std::uint32_t>>& dependencies) : children_(dependencies.size()) {
  const auto levels = levels_of(dependencies);
  for (std::size_t i = 0; i < dependencies.size(); ++i) {
    if (dependencies[i].empty()) {
      roots_.push_back(i);
      continue;
    }
    const auto deepest = *std::max_element(dependencies[i].begin(), dependencies[i].end(),
                                           [&](auto a, auto b) { return levels[a] < levels[b]; });
    children_[deepest].push_back(i);
  }
  parents_first_ = roots_;
  for (std::size_t i = 0; i < parents_first_.size(); ++i) {
    const auto& below = children_[parents_first_[i]];
    parents_first_.insert(parents_first_.end(), below.begin(), below.end());
  }
}

std::vector<TreeRow> StepTree::rows(const std::vector<StepState>& states, const Folding& folding, bool unicode) const {
  Grower grower(children_, states, folding, unicode);
  grower.survey(parents_first_);
  return finished(grower.run(roots_));
}

std::vector<TreeRow> StepTree::rows_within(std::size_t room, const std::vector<StepState>& states, bool unicode) const {
  if (children_.size() <= room) return rows(states, {}, unicode);
  std::vector<Draft> drafts;
  for (const Folding& folding : {Folding{kManySiblings, false, false}, Folding{kManySiblings, true, false},
                                 Folding{1, false, true}, Folding{1, true, true}}) {
    Grower grower(children_, states, folding, unicode);
    grower.survey(parents_first_);
    drafts = grower.run(roots_);
    if (drafts.size() <= room) break;
  }
  return finished(curtailed(std::move(drafts), room, states));
}

std::vector<TreeRow> step_tree(const Graph& graph, std::size_t most, bool unicode) {
  std::vector<std::vector<std::uint32_t>> dependencies;
  std::vector<StepState> states;
  for (const GraphNode& node : graph.nodes) {
    dependencies.push_back(node.dependencies);
    states.push_back(node.state.value_or(StepState::Pending));
  }
  Folding folding;
  folding.most = most;
  return StepTree(dependencies).rows(states, folding, unicode);
}

}  // namespace tasker::cli
