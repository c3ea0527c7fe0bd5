#include <algorithm>
#include <unordered_map>

#include "template/graph.hpp"

namespace tasker {

namespace {

class TypeRules {
 public:
  TypeRules(const std::vector<ReadStep>& steps, Problems& problems)
      : steps_(steps), problems_(problems), leads_on_(steps.size()), has_worker_(steps.size()) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      for (const std::uint32_t parent : steps[i].step.dependencies) {
        leads_on_[parent] = true;
        if (steps[i].step.type == StepType::BatchWorker) has_worker_[parent] = true;
      }
    }
  }

  void check() {
    for (std::size_t i = 0; i < steps_.size(); ++i) check_step(i, steps_[i].step);
  }

 private:
  void check_step(std::size_t i, const StepTemplate& step) {
    switch (step.type) {
      case StepType::Standard:
        break;
      case StepType::Decision:
        if (!leads_on_[i]) error(step, "leads nowhere: no step depends on it, so there is none it could choose");
        break;
      case StepType::DeferredConvergence:
        if (steps_[i].dependency_names.empty()) error(step, "has no dependencies, so there is nothing to converge");
        break;
      case StepType::Batchable:
        check_batchable(i, step);
        break;
      case StepType::BatchWorker:
        check_worker(step);
        break;
    }
    check_batch_config(step);
  }

  void check_batchable(std::size_t i, const StepTemplate& step) {
    if (has_worker_[i] || (step.batch && !step.batch->worker_template.empty())) return;
    error(step, "leads nowhere: no step of type batch_worker depends on it");
  }

  void check_worker(const StepTemplate& step) {
    const auto fed_by = std::count_if(step.dependencies.begin(), step.dependencies.end(), [&](std::uint32_t parent) {
      return steps_[parent].step.type == StepType::Batchable;
    });
    if (fed_by == 0) error(step, "depends on no step of type batchable, so nothing would create its batches");
    if (fed_by > 1) error(step, "depends on two steps of type batchable; give each a batch worker of its own");
    if (step.at_most_once) {
      error(step, "cannot be at_most_once: a batch worker goes on from its checkpoints, which runs it again");
    }
  }

  void check_batch_config(const StepTemplate& step) {
    if (!step.batch) return;
    if (step.type != StepType::Batchable && step.type != StepType::BatchWorker) {
      problems_.doubtful(step.position, sentence(step, "has a batch_config, which has no effect on this type"));
    }
    const std::string& target = step.batch->worker_template;
    if (target.empty()) return;
    const auto found = places().find(target);
    if (found == places().end()) {
      error(step, "names the unknown step " + in_quotes(target) + " as batch_config.worker_template" +
                      problems_.did_you_mean(target, names_));
      return;
    }
    const StepTemplate& worker = steps_[found->second].step;
    if (worker.type != StepType::BatchWorker) {
      error(step, "names " + in_quotes(target) + " as batch_config.worker_template, whose type is " +
                      std::string(to_string(worker.type)) + ", not batch_worker");
    } else if (step.type == StepType::Batchable && !depends_on(worker, step)) {
      error(step, "names " + in_quotes(target) + " as batch_config.worker_template, which does not depend on it");
    }
  }

  bool depends_on(const StepTemplate& child, const StepTemplate& parent) const {
    return std::any_of(child.dependencies.begin(), child.dependencies.end(),
                       [&](std::uint32_t at) { return &steps_[at].step == &parent; });
  }

  const std::unordered_map<std::string_view, std::size_t>& places() {
    if (places_.empty()) {
      for (std::size_t i = 0; i < steps_.size(); ++i) {
        places_.emplace(steps_[i].step.name, i);
        names_.push_back(steps_[i].step.name);
      }
    }
    return places_;
  }

  static std::string sentence(const StepTemplate& step, const std::string& what) {
    return std::string(to_string(step.type)) + " step " + in_quotes(step.name) + " " + what;
  }
  void error(const StepTemplate& step, const std::string& what) {
    problems_.error(step.position, sentence(step, what));
  }

  const std::vector<ReadStep>& steps_;
  Problems& problems_;
  std::vector<bool> leads_on_;    ///< some step depends on it
  std::vector<bool> has_worker_;  ///< a batch worker does
  std::unordered_map<std::string_view, std::size_t> places_;
  std::vector<std::string> names_;
};

}  // namespace

void check_step_types(const std::vector<ReadStep>& steps, Problems& problems) { TypeRules(steps, problems).check(); }

}  // namespace tasker
