#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "core/dag.hpp"
#include "tasker/task_template.hpp"

namespace tasker {

/// Which steps of a template run in one task, as far as it is settled. Each dependency is settled once: whether the
/// parent exists, or, where a decision chooses or batches are cut, by the parent's results. A step exists when one of
/// the decisions it depends on chose it and its other dependencies exist; a deferred convergence when all its
/// dependencies are settled and one exists. So a whole task costs O(V+E). Pure; owned by Expansion.
class Settlement {
 public:
  explicit Settlement(const TaskTemplate& task_template);

  /// Settles what hangs on nobody's results. Call once, first.
  void begin();
  /// The decision's results name these steps (children of it; others are left alone).
  void choose(StepIndex decision, const std::unordered_set<StepIndex>& chosen);
  /// The batchable step's results feed this batch worker, or none: then each of its workers exists, without a batch.
  void cut(StepIndex batchable, std::optional<StepIndex> worker);

  bool exists(StepIndex step) const { return standings_[step].fate == Fate::Exists; }
  bool never(StepIndex step) const { return standings_[step].fate == Fate::Never; }
  const Dag& dag() const { return dag_; }

  /// The steps that came to exist since the last `take`, ascending.
  const std::vector<StepIndex>& fresh();
  void take();
  /// Back to how all was at the last `take`.
  void roll_back();

 private:
  enum class Fate : std::uint8_t { Open, Exists, Never };
  struct Standing {
    std::uint32_t unsettled = 0;  ///< dependencies
    std::uint32_t undecided = 0;  ///< of those: decisions that may yet choose it
    std::uint32_t existing = 0;   ///< of those that are settled
    Fate fate = Fate::Open;
  };
  struct Undo {
    StepIndex step;
    Standing before;
  };

  StepType type(StepIndex step) const { return template_.steps[step].type; }
  bool waits_for_results(StepIndex parent, StepIndex child) const;
  bool is_choice(StepIndex parent, StepIndex child) const;
  void settle_choice(StepIndex child, bool chosen);
  void settle_dependency(StepIndex child, bool exists);
  void settle(StepIndex step, Fate fate);
  void work_off();

  const TaskTemplate& template_;
  Dag dag_;
  std::vector<Standing> standings_;
  std::vector<StepIndex> queue_;  ///< settled, their children not told yet
  std::vector<StepIndex> fresh_;
  std::vector<Undo> undo_;
};

}  // namespace tasker
