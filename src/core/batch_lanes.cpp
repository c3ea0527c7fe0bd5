#include "core/batch_lanes.hpp"

namespace tasker {

bool BatchLanes::admit(StepIndex template_step, StepIndex step, const BatchConfig& config) {
  Lane& lane = lanes_[template_step];
  if (lane.running >= static_cast<std::size_t>(config.parallelism)) {
    lane.line.push_back(step);
    return false;
  }
  ++lane.running;
  return true;
}

std::optional<StepIndex> BatchLanes::leave(StepIndex template_step) {
  Lane& lane = lanes_[template_step];
  --lane.running;
  if (lane.line.empty()) return std::nullopt;
  const StepIndex next = lane.line.front();
  lane.line.pop_front();
  return next;
}

BatchFailure batch_failure_of(std::string_view strategy) {
  if (strategy == "fail_fast") return BatchFailure::FailFast;
  if (strategy == "isolate") return BatchFailure::Isolate;
  return BatchFailure::ContinueOnFailure;
}

}  // namespace tasker
