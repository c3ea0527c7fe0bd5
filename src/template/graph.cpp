#include "template/graph.hpp"

#include <algorithm>
#include <unordered_map>

namespace tasker {

namespace {

using Index = std::uint32_t;
using Names = std::unordered_map<std::string_view, Index>;

Names index_names(const std::vector<ReadStep>& steps, Problems& problems) {
  Names names;
  for (Index i = 0; i < steps.size(); ++i) {
    const StepTemplate& step = steps[i].step;
    if (step.name.empty()) continue;
    const auto [first, added] = names.emplace(step.name, i);
    if (added) continue;
    problems.error(step.position, "duplicate step name " + in_quotes(step.name) + ": the step at " +
                                      described(steps[first->second].step.position) + " has it already");
  }
  return names;
}

class Linker {
 public:
  Linker(std::vector<ReadStep>& steps, Problems& problems)
      : steps_(steps), problems_(problems), names_(index_names(steps, problems)), last_user_(steps.size()) {}

  void link() {
    for (Index i = 0; i < steps_.size(); ++i) {
      for (const Node* name : steps_[i].dependency_names) add(i, *name);
    }
  }

 private:
  void add(Index from, const Node& name) {
    ReadStep& read = steps_[from];
    const auto found = names_.find(name.text());
    if (found == names_.end()) {
      problems_.error(name.position, "step " + in_quotes(read.step.name) + " depends on unknown step " +
                                         in_quotes(name.text()) + problems_.did_you_mean(name.text(), candidates()));
      return;
    }
    const Index to = found->second;
    if (last_user_[to] == from + 1) return;  // named twice
    last_user_[to] = from + 1;
    if (to == from) {
      problems_.error(name.position, "step " + in_quotes(read.step.name) + " depends on itself");
      return;
    }
    read.step.dependencies.push_back(to);
    read.dependency_positions.push_back(name.position);
  }

  const std::vector<std::string>& candidates() {
    if (candidates_.empty()) {
      for (const ReadStep& read : steps_) candidates_.push_back(read.step.name);
    }
    return candidates_;
  }

  std::vector<ReadStep>& steps_;
  Problems& problems_;
  Names names_;
  std::vector<Index> last_user_;  ///< 1 + the step that named it last
  std::vector<std::string> candidates_;
};

/// `a -> b -> a`; the middle of a very long one is left out.
std::string path_text(const std::vector<Index>& cycle, const std::vector<ReadStep>& steps) {
  constexpr std::size_t kShown = 20;
  std::string out;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (cycle.size() > kShown && i == kShown / 2) {
      const std::size_t hidden = cycle.size() - kShown;
      out += "... " + std::to_string(hidden) + " more ... -> ";
      i += hidden;
    }
    out += steps[cycle[i]].step.name + " -> ";
  }
  return out + steps[cycle.front()].step.name;
}

void report_cycles(const std::vector<ReadStep>& steps, Problems& problems) {
  std::vector<std::vector<Index>> edges;
  edges.reserve(steps.size());
  for (const ReadStep& read : steps) edges.push_back(read.step.dependencies);
  for (const std::vector<Index>& cycle : find_cycles(edges)) {
    const ReadStep& first = steps[cycle.front()];
    const auto edge = std::find(first.step.dependencies.begin(), first.step.dependencies.end(), cycle[1]);
    const auto at = static_cast<std::size_t>(edge - first.step.dependencies.begin());
    problems.error(first.dependency_positions[at],
                   "dependency cycle, each step followed by the one it waits for: " + path_text(cycle, steps));
  }
}

}  // namespace

void link_steps(std::vector<ReadStep>& steps, Problems& problems) {
  Linker(steps, problems).link();
  report_cycles(steps, problems);
}

}  // namespace tasker
