#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tasker/step_handler.hpp"

namespace tasker::worker {

/// What all requests of one step of one template have in common, and a number that stands for that text.
struct StepDefinition {
  std::int64_t id = 0;
  JsonText text;
};

/// Writes them, and keeps what was written, for the templates used last. Equal texts have one number, whichever file
/// or request their template came from.
class StepDefinitions {
 public:
  explicit StepDefinitions(std::string environment) : environment_(std::move(environment)) {}

  /// It holds until the next call.
  const StepDefinition& of(const StepContext& context, Duration timeout);

 private:
  struct Kept {
    std::weak_ptr<const TaskTemplate> of;  ///< another one may come to stand where it stood
    std::vector<StepDefinition> steps;     ///< by their place in the template; id 0: not written yet
    Duration timeout{};                    ///< of steps without one of their own
  };
  Kept& kept_of(const SharedTemplate& of);
  std::string written(const StepContext& context, Duration timeout) const;
  StepDefinition numbered(std::string text);

  std::string environment_;
  std::list<const TaskTemplate*> order_;  ///< least recently come first
  std::unordered_map<const TaskTemplate*, Kept> kept_;
  std::list<std::string> texts_;  ///< likewise
  std::unordered_map<std::string, StepDefinition> by_text_;
  std::int64_t last_id_ = 0;
};

}  // namespace tasker::worker
