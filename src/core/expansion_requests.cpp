#include "core/expansion.hpp"

#include <algorithm>
#include <utility>

#include "core/nearest_name.hpp"

// Expansion's other half: what a result asks for, held against the template.
namespace tasker {

namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

}  // namespace

BadOutcome Expansion::bad_outcome(StepIndex template_step, const std::string& what) const {
  const bool decision = at(template_step).type == StepType::Decision;
  return {(decision ? "decision step " : "batchable step ") + quoted(at(template_step).name) + " " + what,
          decision ? "invalid_decision_outcome" : "invalid_batch_outcome"};
}

// --- what a decision chose
// -----------------------------------------------------------------------------------------------

std::optional<BadOutcome> Expansion::choose(StepIndex decision, const Choice& choice) {
  if (choice.step_names.size() > limits_.steps_per_decision) {
    return bad_outcome(decision, "chooses " + std::to_string(choice.step_names.size()) + " steps, but may choose " +
                                     std::to_string(limits_.steps_per_decision) + " at most");
  }
  std::unordered_set<StepIndex> chosen;
  if (auto bad = resolve(decision, choice, chosen)) return bad;
  if (auto bad = check_descent(decision, chosen)) return bad;
  settlement_->choose(decision, chosen);
  return check_reached(decision, chosen);
}

std::optional<StepIndex> Expansion::step_named(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<BadOutcome> Expansion::resolve(StepIndex decision, const Choice& choice,
                                             std::unordered_set<StepIndex>& chosen) const {
  for (const std::string& name : choice.step_names) {
    if (const auto step = step_named(name)) {
      chosen.insert(*step);
      continue;
    }
    std::vector<std::string> candidates;
    for (const StepIndex child : settlement_->dag().children(decision)) candidates.push_back(at(child).name);
    return bad_outcome(decision, "chooses the unknown step " + quoted(name) + did_you_mean(name, candidates));
  }
  return std::nullopt;
}

/// A decision chooses among the steps that depend on it; those behind them may be named too, as older handlers do.
std::optional<BadOutcome> Expansion::check_descent(StepIndex decision,
                                                   const std::unordered_set<StepIndex>& chosen) const {
  const Dag& dag = settlement_->dag();
  std::unordered_set<StepIndex> left = chosen;
  std::vector<StepIndex> queue{decision};
  std::unordered_set<StepIndex> seen{decision};
  for (std::size_t at = 0; at < queue.size() && !left.empty(); ++at) {
    for (const StepIndex child : dag.children(queue[at])) {
      left.erase(child);
      if (seen.insert(child).second) queue.push_back(child);
    }
  }
  if (left.empty()) return std::nullopt;
  std::string children;
  for (const StepIndex child : dag.children(decision)) {
    if (children.size() > 200) break;
    children += (children.empty() ? "" : ", ") + quoted(at(child).name);
  }
  return bad_outcome(decision, "chooses " + quoted(at(*std::min_element(left.begin(), left.end())).name) +
                                   ", which does not depend on it; it may choose among " + children);
}

std::optional<BadOutcome> Expansion::check_reached(StepIndex decision,
                                                   const std::unordered_set<StepIndex>& chosen) const {
  for (const StepIndex step : chosen) {
    if (!settlement_->never(step)) continue;
    std::string missing;
    for (const StepIndex parent : settlement_->dag().parents(step)) {
      if (settlement_->never(parent) && missing.empty()) missing = quoted(at(parent).name);
    }
    return bad_outcome(decision, "chooses " + quoted(at(step).name) + ", which can't run: " +
                                     (missing.empty() ? "another decision left it out"
                                                      : "it depends on " + missing + ", which was not chosen"));
  }
  return std::nullopt;
}

// --- what a batchable step cut
// -------------------------------------------------------------------------------------------

std::optional<BadOutcome> Expansion::cut(StepIndex batchable, Batches batches) {
  if (batches.batches.empty()) {
    settlement_->cut(batchable, std::nullopt);
    return std::nullopt;
  }
  if (batches.batches.size() > limits_.batches_per_step) {
    return bad_outcome(batchable, "cuts " + std::to_string(batches.batches.size()) + " batches, but may cut " +
                                      std::to_string(limits_.batches_per_step) + " at most; make them bigger");
  }
  const auto worker = worker_of(batchable, batches.worker_template);
  if (const auto* bad = std::get_if<BadOutcome>(&worker)) return *bad;
  const StepIndex of = std::get<StepIndex>(worker);
  if (auto bad = check_worker_names(batchable, of, batches.batches)) return bad;
  settlement_->cut(batchable, of);
  batches_[of] = std::move(batches.batches);
  return std::nullopt;
}

std::variant<StepIndex, BadOutcome> Expansion::worker_of(StepIndex batchable, const std::string& name) const {
  std::vector<std::string> candidates;
  std::optional<StepIndex> only;
  for (const StepIndex child : settlement_->dag().children(batchable)) {
    if (at(child).type != StepType::BatchWorker) continue;
    if (at(child).name == name) return child;
    candidates.push_back(at(child).name);
    only = child;
  }
  const auto& config = at(batchable).batch;
  if (name.empty() && config && !config->worker_template.empty()) return worker_of(batchable, config->worker_template);
  if (name.empty() && candidates.size() == 1) return *only;
  if (name.empty()) {
    return bad_outcome(batchable, "must say which of its " + std::to_string(candidates.size()) +
                                      " batch workers runs, as worker_template_name");
  }
  return bad_outcome(batchable, "names " + quoted(name) +
                                    " as worker_template_name, but no step of type batch_worker that depends "
                                    "on it is called so" +
                                    did_you_mean(name, candidates));
}

std::optional<BadOutcome> Expansion::check_worker_names(StepIndex batchable, StepIndex worker,
                                                        const std::vector<Batch>& batches) const {
  for (const Batch& batch : batches) {
    const std::string name = at(worker).name + "_" + batch.id;
    if (!step_named(name) && !worker_names_.contains(name)) continue;
    return bad_outcome(batchable, "cuts the batch " + quoted(batch.id) + ", whose worker would be called " +
                                      quoted(name) + ", as another step is");
  }
  return std::nullopt;
}

std::size_t Expansion::copies(StepIndex template_step) const {
  if (at(template_step).type != StepType::BatchWorker) return 1;
  const auto found = batches_.find(template_step);
  return found == batches_.end() ? 0 : found->second.size();
}

}  // namespace tasker
