#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tasker {

/// The states of a step; names as in `to_string`. Readiness is no state: it is derived from counters.
enum class StepState : std::uint8_t {
  Pending,
  InProgress,
  WaitingForRetry,
  Complete,
  Error,
  Cancelled,
  ResolvedManually,
};

/// The states of a task. `BlockedByFailures` is only the state of a task that waits for a person.
enum class TaskState : std::uint8_t {
  Pending,
  InProgress,
  WaitingForRetry,
  BlockedByFailures,
  Complete,
  Error,
  Cancelled,
  ResolvedManually,
};

/// Why a task is stopped as a whole.
enum class StopReason : std::uint8_t { Cancelled, TimedOut, Failed };
/// The name in the store, e.g. "timed_out".
std::string_view to_string(StopReason reason);
/// The reason of that name; none: there is none.
std::optional<StopReason> stop_reason_from(std::string_view name);

/// The name on the wire, in the store and in results, e.g. "waiting_for_retry".
std::string_view to_string(StepState state);
/// The name on the wire, in the store and in results, e.g. "blocked_by_failures".
std::string_view to_string(TaskState state);
/// The state of that name; none: there is none.
std::optional<StepState> step_state_from(std::string_view name);
/// The state of that name; none: there is none.
std::optional<TaskState> task_state_from(std::string_view name);

/// True when a step may go from one state to the other. The one table of legal moves.
bool can_move(StepState from, StepState to);

/// Nothing happens to it any more unless a person acts.
bool is_final(StepState state);
/// Nothing happens to it any more unless a person acts.
bool is_final(TaskState state);

/// Ended, or waits for a person: no engine works on it.
inline bool is_settled(TaskState state) { return is_final(state) || state == TaskState::BlockedByFailures; }

/// A dependant may run: complete, or resolved by a person.
inline bool satisfies_dependants(StepState state) {
  return state == StepState::Complete || state == StepState::ResolvedManually;
}

}  // namespace tasker
