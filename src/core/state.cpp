#include "tasker/state.hpp"

#include "core/enum_names.hpp"

namespace tasker {

namespace {

constexpr EnumNames<StepState, 7> kStepStates({"pending", "in_progress", "waiting_for_retry", "complete", "error",
                                               "cancelled", "resolved_manually"});
constexpr EnumNames<TaskState, 8> kTaskStates({"pending", "in_progress", "waiting_for_retry", "blocked_by_failures",
                                               "complete", "error", "cancelled", "resolved_manually"});

constexpr EnumNames<StopReason, 3> kStopReasons({"cancelled", "timed_out", "failed"});

}  // namespace

std::string_view to_string(StopReason reason) { return kStopReasons.name(reason); }
std::optional<StopReason> stop_reason_from(std::string_view name) { return kStopReasons.value(name); }
std::string_view to_string(StepState state) { return kStepStates.name(state); }
std::string_view to_string(TaskState state) { return kTaskStates.name(state); }
std::optional<StepState> step_state_from(std::string_view name) { return kStepStates.value(name); }
std::optional<TaskState> task_state_from(std::string_view name) { return kTaskStates.value(name); }

bool can_move(StepState from, StepState to) {
  using enum StepState;
  switch (from) {
    case Pending:
    case WaitingForRetry:
    case InProgress:
      // A start is written with its finish in one row, so the store sees a step go from here to wherever it ends; an
      // attempt that is given back, and a retry that fails again, end where they began.
      return true;
    case Error:
      return to == Pending || to == ResolvedManually;  // a person's doing
    case Complete:
    case Cancelled:
    case ResolvedManually:
      return false;
  }
  return false;
}

bool is_final(StepState state) {
  return state == StepState::Complete || state == StepState::Error || state == StepState::Cancelled ||
         state == StepState::ResolvedManually;
}

bool is_final(TaskState state) {
  return state == TaskState::Complete || state == TaskState::Error || state == TaskState::Cancelled ||
         state == TaskState::ResolvedManually;
}

}  // namespace tasker
