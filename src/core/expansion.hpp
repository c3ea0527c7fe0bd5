#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "core/created_steps.hpp"
#include "core/settlement.hpp"
#include "tasker/step_limits.hpp"
#include "tasker/store.hpp"

namespace tasker {

/// Turns what decisions and batchable steps answer into steps: which exist (Settlement), where they stand, what they
/// are called, what they wait for, and whether that is too much. A dependency on a batch worker means all its workers,
/// or the batchable step where it cut no batches. Decides ahead of the disk, as DagExecutor does, which owns it. Pure.
class Expansion {
 public:
  Expansion(SharedTemplate task_template, const StepLimits& limits);

  /// The template steps that exist from the start, ascending; they take the first places. Call once, first.
  std::vector<StepIndex> begin();
  /// Instead of `begin`: takes up a task whose steps exist, in the order of their places, with their results. What
  /// those results create and nobody has created yet: a person's results did not go through `expand`, nor did those
  /// that came when the task was being stopped.
  std::vector<CreatedStep> resume(std::span<const WorkflowStep> steps);

  /// What the results of a decision or batchable step create, in the order of their places; uuids are the caller's to
  /// give. On failure nothing has changed.
  std::variant<std::vector<CreatedStep>, BadOutcome> expand(StepIndex template_step, const JsonText& results);

  /// The places that an existing step of the template waits for, ascending.
  std::vector<StepIndex> dependencies_of(StepIndex template_step) const;

  /// Where the steps made from one template step stand.
  struct Places {
    StepIndex first = 0;
    std::uint32_t count = 0;
  };
  Places places_of(StepIndex template_step) const { return places_[template_step]; }

 private:
  const StepTemplate& at(StepIndex template_step) const { return template_->steps[template_step]; }
  StepIndex place(StepIndex template_step, std::size_t count);
  BadOutcome bad_outcome(StepIndex template_step, const std::string& what) const;
  std::optional<StepIndex> step_named(const std::string& name) const;

  std::optional<BadOutcome> choose(StepIndex decision, const Choice& choice);
  std::optional<BadOutcome> resolve(StepIndex decision, const Choice& choice,
                                    std::unordered_set<StepIndex>& chosen) const;
  std::optional<BadOutcome> check_descent(StepIndex decision, const std::unordered_set<StepIndex>& chosen) const;
  std::optional<BadOutcome> check_reached(StepIndex decision, const std::unordered_set<StepIndex>& chosen) const;
  std::optional<BadOutcome> cut(StepIndex batchable, Batches batches);
  std::variant<StepIndex, BadOutcome> worker_of(StepIndex batchable, const std::string& name) const;
  std::optional<BadOutcome> check_worker_names(StepIndex batchable, StepIndex worker,
                                               const std::vector<Batch>& batches) const;
  std::optional<BadOutcome> check_size(StepIndex template_step);
  void replay(StepIndex template_step, const JsonText& results);

  std::vector<CreatedStep> create();
  void create_workers(StepIndex worker, std::vector<CreatedStep>& created);
  StepIndex batchable_of(StepIndex worker) const;
  std::size_t copies(StepIndex template_step) const;

  SharedTemplate template_;
  StepLimits limits_;
  std::size_t total_ = 0;
  std::optional<Settlement> settlement_;  ///< none: all steps exist from the start, each in its own place
  std::vector<Places> places_;
  std::unordered_map<std::string_view, StepIndex> names_;      ///< of the template's steps
  std::unordered_map<StepIndex, std::vector<Batch>> batches_;  ///< of batch workers that are not created yet
  std::unordered_set<std::string> worker_names_;
};

/// The batch_config that holds for a batch worker: its own, else its batchable step's, else the defaults.
const BatchConfig& batch_config_of(const TaskTemplate& task_template, StepIndex worker);

}  // namespace tasker
