#include "cli/graph/lane_graph.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace tasker::cli {

namespace {

constexpr int kFree = -1;

struct Pen {
  std::string_view node, lane, rule, down_right, down_left, up_right, up_left, tee_right, tee_left, cross, tee_down,
      tee_up;
};
constexpr Pen kUnicode{"●", "│", "─", "╭", "╮", "╰", "╯", "├", "┤", "┼", "┬", "┴"};
constexpr Pen kAscii{"*", "|", "-", ".", ".", "'", "'", "|", "|", "+", ".", "'"};

class Drawer {
 public:
  Drawer(const Graph& graph, const Pen& pen) : steps_(graph.nodes), pen_(pen) {
    missing_.resize(steps_.size());
    dependants_.resize(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      missing_[i] = steps_[i].dependencies.size();
      for (const auto dependency : steps_[i].dependencies) dependants_[dependency].push_back(static_cast<int>(i));
      if (missing_[i] == 0) roots_.push_back(static_cast<int>(i));
    }
    std::reverse(roots_.begin(), roots_.end());  // taken from the back
  }

  LaneDrawing run() {
    while (const auto next = next_step()) draw(*next);
    return std::move(drawing_);
  }

 private:
  /// The leftmost lane whose step can be drawn, else the next root.
  std::optional<int> next_step() {
    if (!ready_lanes_.empty()) return lanes_[*ready_lanes_.begin()];
    if (roots_.empty()) return std::nullopt;
    const int root = roots_.back();
    roots_.pop_back();
    return root;
  }

  std::size_t lane_of(int step) const {
    return static_cast<std::size_t>(std::find(lanes_.begin(), lanes_.end(), step) - lanes_.begin());
  }

  std::size_t take_lane(int step) {
    const std::size_t lane = lane_of(kFree);
    if (lane == lanes_.size()) lanes_.push_back(kFree);
    lanes_[lane] = step;
    drawing_.lanes = std::max(drawing_.lanes, lanes_.size());
    return lane;
  }

  void draw(int step) {
    std::size_t at = lane_of(step);
    if (at == lanes_.size()) at = take_lane(step);
    ready_lanes_.erase(at);
    drawing_.rows.push_back({step_row(at), step});
    lead_on(at, dependants_[static_cast<std::size_t>(step)]);
  }

  std::string step_row(std::size_t at) const {
    std::string row;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      row += lane == at ? pen_.node : lanes_[lane] == kFree ? " " : pen_.lane;
      row += " ";
    }
    return row;
  }

  /// Connects lane `at` with the lanes of its step's dependants: the first that has none yet goes straight on.
  void lead_on(std::size_t at, const std::vector<int>& dependants) {
    lanes_[at] = kFree;
    std::set<std::size_t> joined;  // lanes that were there and get an edge more
    std::set<std::size_t> opened;  // lanes that begin here
    for (const int dependant : dependants) {
      if (const std::size_t lane = lane_of(dependant); lane < lanes_.size()) joined.insert(lane);
    }
    for (const int dependant : dependants) {
      if (lane_of(dependant) < lanes_.size()) continue;
      if (lanes_[at] == kFree) {
        lanes_[at] = dependant;
      } else {
        opened.insert(take_lane(dependant));
      }
    }
    keep_left(at, joined, opened);
    for (const int dependant : dependants) {
      if (--missing_[static_cast<std::size_t>(dependant)] == 0) ready_lanes_.insert(lane_of(dependant));
    }
    if (!joined.empty() || !opened.empty()) drawing_.rows.push_back({joint_row(at, joined, opened)});
    while (!lanes_.empty() && lanes_.back() == kFree) lanes_.pop_back();
  }

  /// A lane that ends in the only other one takes it over when it is further left: drawings stay narrow.
  void keep_left(std::size_t at, const std::set<std::size_t>& joined, const std::set<std::size_t>& opened) {
    if (joined.size() != 1 || !opened.empty() || *joined.begin() < at || lanes_[at] != kFree) return;
    std::swap(lanes_[at], lanes_[*joined.begin()]);
  }

  std::string joint_row(std::size_t at, const std::set<std::size_t>& joined,
                        const std::set<std::size_t>& opened) const {
    std::size_t left = at;
    std::size_t right = at;
    for (const auto* lanes : {&joined, &opened}) {
      if (lanes->empty()) continue;
      left = std::min(left, *lanes->begin());
      right = std::max(right, *lanes->rbegin());
    }
    std::string row;
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      const bool ruled = lane >= left && lane <= right;
      const bool touched = lane == at || joined.contains(lane) || opened.contains(lane);
      if (touched) {
        row += joint(lane > left, lane < right, !opened.contains(lane), lanes_[lane] != kFree);
      } else if (lanes_[lane] != kFree) {
        row += pen_.lane;  // passes over the rule: no edge meets it here
      } else {
        row += ruled ? pen_.rule : " ";
      }
      row += lane >= left && lane < right ? pen_.rule : " ";
    }
    return row;
  }

  std::string_view joint(bool to_left, bool to_right, bool up, bool down) const {
    if (up && down) return to_left && to_right ? pen_.cross : to_left ? pen_.tee_left : pen_.tee_right;
    if (up) return to_left && to_right ? pen_.tee_up : to_left ? pen_.up_left : pen_.up_right;
    return to_left && to_right ? pen_.tee_down : to_left ? pen_.down_left : pen_.down_right;
  }

  const std::vector<GraphNode>& steps_;
  const Pen& pen_;
  std::vector<std::size_t> missing_;  ///< dependencies that are not drawn yet
  std::vector<std::vector<int>> dependants_;
  std::vector<int> roots_;
  std::vector<int> lanes_;  ///< the step that each lane leads to
  std::set<std::size_t> ready_lanes_;
  LaneDrawing drawing_;
};

}  // namespace

LaneDrawing draw_lanes(const Graph& graph, bool unicode) { return Drawer(graph, unicode ? kUnicode : kAscii).run(); }

}  // namespace tasker::cli
