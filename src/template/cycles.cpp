#include <algorithm>
#include <limits>

#include "template/graph.hpp"

namespace tasker {

namespace {

using Index = std::uint32_t;
using Edges = std::vector<std::vector<Index>>;
constexpr Index kNone = std::numeric_limits<Index>::max();

/// Tarjan's strongly connected components with its own stack: a chain of 200,000 steps must not be a chain of calls.
class Components {
 public:
  explicit Components(const Edges& edges)
      : edges_(edges), order_(edges.size(), kNone), low_(edges.size()), component_(edges.size(), kNone) {
    for (Index start = 0; start < edges.size(); ++start) {
      if (order_[start] == kNone) explore(start);
    }
  }

  Index of(Index node) const { return component_[node]; }
  Index count() const { return count_; }

 private:
  struct Visit {
    Index node;
    std::size_t next_edge;
  };

  void explore(Index start) {
    enter(start);
    while (!visits_.empty()) {
      Visit& visit = visits_.back();
      if (visit.next_edge == edges_[visit.node].size()) {
        leave();
        continue;
      }
      const Index to = edges_[visit.node][visit.next_edge++];
      if (order_[to] == kNone) {
        enter(to);
      } else if (component_[to] == kNone) {
        low_[visit.node] = std::min(low_[visit.node], order_[to]);
      }
    }
  }

  void enter(Index node) {
    order_[node] = low_[node] = next_order_++;
    open_.push_back(node);
    visits_.push_back({node, 0});
  }

  void leave() {
    const Index node = visits_.back().node;
    visits_.pop_back();
    if (!visits_.empty()) low_[visits_.back().node] = std::min(low_[visits_.back().node], low_[node]);
    if (low_[node] != order_[node]) return;
    Index member;
    do {
      member = open_.back();
      open_.pop_back();
      component_[member] = count_;
    } while (member != node);
    ++count_;
  }

  const Edges& edges_;
  std::vector<Index> order_, low_, component_;
  std::vector<Index> open_;
  std::vector<Visit> visits_;
  Index next_order_ = 0;
  Index count_ = 0;
};

/// The shortest way from `start` back to it inside its component, by breadth-first search. `came_from` is shared by all
/// searches (components are disjoint) and starts as kNone everywhere.
std::vector<Index> shortest_cycle(Index start, const Edges& edges, const Components& components,
                                  std::vector<Index>& came_from) {
  std::vector<Index> queue{start};
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const Index node = queue[head];
    for (const Index to : edges[node]) {
      if (to == start) {
        std::vector<Index> path{node};
        while (path.back() != start) path.push_back(came_from[path.back()]);
        std::reverse(path.begin(), path.end());
        return path;
      }
      if (components.of(to) != components.of(start) || came_from[to] != kNone) continue;
      came_from[to] = node;
      queue.push_back(to);
    }
  }
  return {};
}

}  // namespace

std::vector<std::vector<Index>> find_cycles(const Edges& edges) {
  const Components components(edges);
  std::vector<Index> sizes(components.count());
  for (Index node = 0; node < edges.size(); ++node) ++sizes[components.of(node)];
  std::vector<std::vector<Index>> cycles;
  std::vector<Index> came_from(edges.size(), kNone);
  for (Index node = 0; node < edges.size(); ++node) {
    Index& size = sizes[components.of(node)];
    if (size < 2) continue;
    size = 0;  // this component is told
    cycles.push_back(shortest_cycle(node, edges, components, came_from));
  }
  return cycles;
}

}  // namespace tasker
