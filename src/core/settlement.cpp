#include "core/settlement.hpp"

#include <algorithm>

namespace tasker {

Settlement::Settlement(const TaskTemplate& task_template)
    : template_(task_template), dag_(dag_of(task_template)), standings_(dag_.size()) {
  for (StepIndex step = 0; step < dag_.size(); ++step) {
    standings_[step].unsettled = static_cast<std::uint32_t>(dag_.parents(step).size());
    for (const StepIndex parent : dag_.parents(step)) standings_[step].undecided += is_choice(parent, step) ? 1 : 0;
  }
}

void Settlement::begin() {
  for (StepIndex step = 0; step < dag_.size(); ++step) {
    if (dag_.parents(step).empty()) settle(step, Fate::Exists);
  }
  work_off();
}

// A convergence takes what there is: it waits for the decision itself, never to be chosen.
bool Settlement::waits_for_results(StepIndex parent, StepIndex child) const {
  return is_choice(parent, child) || (type(parent) == StepType::Batchable && type(child) == StepType::BatchWorker);
}
bool Settlement::is_choice(StepIndex parent, StepIndex child) const {
  return type(parent) == StepType::Decision && type(child) != StepType::DeferredConvergence;
}

void Settlement::choose(StepIndex decision, const std::unordered_set<StepIndex>& chosen) {
  for (const StepIndex child : dag_.children(decision)) {
    if (is_choice(decision, child)) settle_choice(child, chosen.contains(child));
  }
  work_off();
}

void Settlement::cut(StepIndex batchable, std::optional<StepIndex> worker) {
  for (const StepIndex child : dag_.children(batchable)) {
    if (waits_for_results(batchable, child)) settle_dependency(child, !worker || *worker == child);
  }
  work_off();
}

/// The first decision that chooses a step speaks for all; the last one that does not, against it.
void Settlement::settle_choice(StepIndex child, bool chosen) {
  Standing& standing = standings_[child];
  if (standing.fate != Fate::Open || standing.undecided == 0) return;
  if (!chosen && standing.undecided == 1) return settle(child, Fate::Never);
  undo_.push_back({child, standing});
  const std::uint32_t settled = chosen ? standing.undecided : 1;
  standing.undecided -= settled;
  standing.unsettled -= settled;
  if (standing.unsettled == 0) settle(child, Fate::Exists);
}

void Settlement::settle_dependency(StepIndex child, bool exists) {
  Standing& standing = standings_[child];
  if (standing.fate != Fate::Open) return;
  const bool converges = type(child) == StepType::DeferredConvergence;
  if (!exists && !converges) return settle(child, Fate::Never);
  undo_.push_back({child, standing});
  --standing.unsettled;
  if (exists) ++standing.existing;
  if (standing.unsettled == 0) settle(child, standing.existing > 0 ? Fate::Exists : Fate::Never);
}

void Settlement::settle(StepIndex step, Fate fate) {
  undo_.push_back({step, standings_[step]});
  standings_[step].fate = fate;
  queue_.push_back(step);
  if (fate == Fate::Exists) fresh_.push_back(step);
}

void Settlement::work_off() {
  while (!queue_.empty()) {
    const StepIndex step = queue_.back();
    queue_.pop_back();
    for (const StepIndex child : dag_.children(step)) {
      if (never(step) && is_choice(step, child)) {
        settle_choice(child, false);
      } else if (never(step) || !waits_for_results(step, child)) {
        settle_dependency(child, exists(step));
      }
    }
  }
}

const std::vector<StepIndex>& Settlement::fresh() {
  std::sort(fresh_.begin(), fresh_.end());
  return fresh_;
}

void Settlement::take() {
  fresh_.clear();
  undo_.clear();
}

void Settlement::roll_back() {
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) standings_[undo->step] = undo->before;
  take();
}

}  // namespace tasker
