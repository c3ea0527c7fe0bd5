#include "core/expansion.hpp"

#include <algorithm>
#include <utility>

namespace tasker {

namespace {

bool may_grow(const TaskTemplate& task_template) {
  return std::any_of(task_template.steps.begin(), task_template.steps.end(), [](const StepTemplate& step) {
    return step.type == StepType::Decision || step.type == StepType::BatchWorker;
  });
}

}  // namespace

Expansion::Expansion(SharedTemplate task_template, const StepLimits& limits)
    : template_(std::move(task_template)), limits_(limits) {
  if (!may_grow(*template_)) return;
  settlement_.emplace(*template_);
  places_.resize(template_->steps.size());
  for (StepIndex step = 0; step < template_->steps.size(); ++step) names_.emplace(at(step).name, step);
}

std::vector<StepIndex> Expansion::begin() {
  std::vector<StepIndex> steps;
  if (settlement_) {
    settlement_->begin();
    steps = settlement_->fresh();
    for (const StepIndex step : steps) place(step, 1);
    settlement_->take();
  } else {
    for (StepIndex step = 0; step < template_->steps.size(); ++step) steps.push_back(step);
  }
  total_ = steps.size();
  return steps;
}

StepIndex Expansion::place(StepIndex template_step, std::size_t count) {
  places_[template_step] = {static_cast<StepIndex>(total_), static_cast<std::uint32_t>(count)};
  total_ += count;
  return places_[template_step].first;
}

std::variant<std::vector<CreatedStep>, BadOutcome> Expansion::expand(StepIndex template_step, const JsonText& results) {
  std::optional<BadOutcome> bad;
  if (at(template_step).type == StepType::Decision) {
    auto choice = read_choice(at(template_step).name, results);
    if (auto* unreadable = std::get_if<BadOutcome>(&choice)) return std::move(*unreadable);
    bad = choose(template_step, std::get<Choice>(choice));
  } else {
    auto batches = read_batches(at(template_step).name, results);
    if (auto* unreadable = std::get_if<BadOutcome>(&batches)) return std::move(*unreadable);
    bad = cut(template_step, std::get<Batches>(std::move(batches)));
  }
  if (!bad) bad = check_size(template_step);
  if (bad) {
    settlement_->roll_back();
    for (const StepIndex child : settlement_->dag().children(template_step)) batches_.erase(child);
    return std::move(*bad);
  }
  return create();
}

// --- what comes of it
// ----------------------------------------------------------------------------------------------------

std::optional<BadOutcome> Expansion::check_size(StepIndex template_step) {
  std::size_t steps = 0;
  std::size_t dependencies = 0;
  for (const StepIndex step : settlement_->fresh()) {
    std::size_t parents = 0;
    for (const StepIndex parent : settlement_->dag().parents(step)) {
      if (settlement_->exists(parent)) parents += std::max<std::size_t>(places_[parent].count, copies(parent));
    }
    steps += copies(step);
    dependencies += copies(step) * parents;
  }
  if (total_ + steps > limits_.steps_per_task) {
    return bad_outcome(template_step, "would bring the task to " + std::to_string(total_ + steps) +
                                          " steps, but a task may have " + std::to_string(limits_.steps_per_task) +
                                          " at most");
  }
  if (dependencies > limits_.dependencies_per_result) {
    return bad_outcome(template_step, "would create steps with " + std::to_string(dependencies) +
                                          " dependencies, but " + std::to_string(limits_.dependencies_per_result) +
                                          " at most may come of one result; make the batches bigger");
  }
  return std::nullopt;
}

std::vector<CreatedStep> Expansion::create() {
  std::vector<CreatedStep> created;
  std::vector<StepIndex> fresh = settlement_->fresh();
  std::erase_if(fresh, [this](StepIndex step) { return places_[step].count > 0; });  // stood there before a crash
  for (const StepIndex step : fresh) place(step, copies(step));
  for (const StepIndex step : fresh) {
    if (at(step).type == StepType::BatchWorker) {
      create_workers(step, created);
    } else {
      created.push_back({places_[step].first, at(step).name, {}, step, dependencies_of(step), std::nullopt});
    }
  }
  settlement_->take();
  return created;
}

void Expansion::create_workers(StepIndex worker, std::vector<CreatedStep>& created) {
  const auto found = batches_.find(worker);
  if (found == batches_.end()) return;
  const auto dependencies = dependencies_of(worker);
  const BatchConfig& config = batch_config_of(*template_, worker);
  StepIndex next = places_[worker].first;
  created.reserve(created.size() + found->second.size());
  for (const Batch& batch : found->second) {
    std::string name = at(worker).name + "_" + batch.id;
    worker_names_.insert(name);
    created.push_back({next++, std::move(name), {}, worker, dependencies, worker_inputs(batch, config)});
  }
  batches_.erase(found);
}

std::vector<StepIndex> Expansion::dependencies_of(StepIndex template_step) const {
  std::vector<StepIndex> places;
  if (!settlement_) {
    places = at(template_step).dependencies;
  } else {
    for (const StepIndex parent : settlement_->dag().parents(template_step)) {
      if (!settlement_->exists(parent)) continue;
      const Places& of = places_[parent];
      for (StepIndex i = 0; i < of.count; ++i) places.push_back(of.first + i);
      if (of.count == 0) places.push_back(places_[batchable_of(parent)].first);
    }
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

StepIndex Expansion::batchable_of(StepIndex worker) const {
  const auto& parents = at(worker).dependencies;
  return *std::find_if(parents.begin(), parents.end(),
                       [&](StepIndex parent) { return at(parent).type == StepType::Batchable; });
}

const BatchConfig& batch_config_of(const TaskTemplate& task_template, StepIndex worker) {
  static const BatchConfig kDefault;
  const StepTemplate& step = task_template.steps[worker];
  if (step.batch) return *step.batch;
  for (const StepIndex parent : step.dependencies) {
    const StepTemplate& of = task_template.steps[parent];
    if (of.type == StepType::Batchable && of.batch) return *of.batch;
  }
  return kDefault;
}

// --- after a crash
// -------------------------------------------------------------------------------------------------------

std::vector<CreatedStep> Expansion::resume(std::span<const WorkflowStep> steps) {
  total_ = steps.size();
  if (!settlement_) return {};
  for (StepIndex index = 0; index < steps.size(); ++index) {
    Places& of = places_[steps[index].template_index];
    if (of.count++ == 0) of.first = index;
    if (at(steps[index].template_index).type == StepType::BatchWorker) worker_names_.insert(steps[index].name);
  }
  settlement_->begin();
  for (const WorkflowStep& step : steps) {
    const StepType type = at(step.template_index).type;
    if (type != StepType::Decision && type != StepType::Batchable) continue;
    if (satisfies_dependants(step.state)) replay(step.template_index, step.results);
  }
  return create();
}

/// Results that were committed were good; those that a person put in their place may say nothing, and choose nothing.
void Expansion::replay(StepIndex template_step, const JsonText& results) {
  if (at(template_step).type == StepType::Decision) {
    std::unordered_set<StepIndex> chosen;
    const auto choice = read_choice(at(template_step).name, results);
    const auto* good = std::get_if<Choice>(&choice);
    if (good && resolve(template_step, *good, chosen)) chosen.clear();
    settlement_->choose(template_step, chosen);
    return;
  }
  auto read = read_batches(at(template_step).name, results);
  auto* good = std::get_if<Batches>(&read);
  const auto worker = good && !good->batches.empty() ? worker_of(template_step, good->worker_template)
                                                     : std::variant<StepIndex, BadOutcome>(BadOutcome{});
  const auto* of = std::get_if<StepIndex>(&worker);
  if (of && places_[*of].count == 0 && check_worker_names(template_step, *of, good->batches)) of = nullptr;
  settlement_->cut(template_step, of ? std::optional(*of) : std::nullopt);
  if (of && places_[*of].count == 0) batches_[*of] = std::move(good->batches);
}

}  // namespace tasker
