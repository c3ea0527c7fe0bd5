#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tasker/clock.hpp"
#include "tasker/handler_set.hpp"
#include "tasker/json_text.hpp"
#include "tasker/outcome.hpp"
#include "tasker/state.hpp"
#include "tasker/task_template.hpp"
#include "tasker/uuid.hpp"

namespace tasker {

/// Numbers a task within its store, from 1.
using TaskId = std::int64_t;
/// A step's place in its task, in creation order, from 0.
using StepIndex = std::uint32_t;
/// Numbers every sending of a step within one engine, from 1. An attempt may have several.
using DispatchId = std::uint64_t;

/// One run of a template.
struct Task {
  TaskId id = 0;                               ///< within its store
  Uuid uuid;                                   ///< its name everywhere else
  SharedTemplate task_template;                ///< the workflow; never null
  JsonText context = JsonText::trusted("{}");  ///< its input, an object
  Uuid correlation_id;                         ///< follows the task through other systems; handlers see it
  WallTime requested_at{};                     ///< when it was asked for
  std::optional<Duration> timeout;             ///< overrides the template's
  std::string run_id;                          ///< of a run over many inputs; empty: none
  std::optional<std::int64_t> line;            ///< of its input, from 1
  std::string unique_key;                      ///< no second live task of this template with it; empty: none
  SharedHandlerSet handler_set;                ///< null: C++ handlers only
};

/// One row of a step's history: one dispatch that may have run.
struct AttemptRecord {
  DispatchId dispatch = 0;  ///< its number within the engine that sent it
  int attempt = 0;          ///< the attempt it belongs to, from 1
  std::string outcome;      ///< "complete", "yielded", "interrupted", "engine_lost", or an error kind
  AttemptReport report;     ///< where it ran and what it cost
  SharedError error;        ///< null where it ended well
};

/// One thing a step printed or logged.
struct LogLine {
  WallTime at{};        ///< when the engine read it
  std::string level;    ///< debug, info, warn, error; "out" for what it printed
  std::string message;  ///< without its newline
  JsonText fields;      ///< null, or an object
};

/// A step of a task as it stands on disk.
struct WorkflowStep {
  std::string name;                      ///< unique within its task
  Uuid uuid;                             ///< stable over all attempts: what handlers use as idempotency key
  StepIndex template_index = 0;          ///< into TaskTemplate::steps
  std::vector<StepIndex> dependencies;   ///< its direct parents, in creation order
  JsonText inputs;                       ///< of its own, e.g. a batch worker's cursor; null: it has none
  StepState state = StepState::Pending;  ///< readiness is no state, see StepState
  std::uint32_t attempts = 0;            ///< consumed so far
  JsonText results;                      ///< null until it is complete or resolved
  SharedError error;                     ///< the last one; kept while it waits for a retry
  JsonText checkpoint;                   ///< what the handler put down last; null: nothing
  std::optional<Duration> retry_delay;   ///< while it waits for its retry, counted from `changed_at`
  WallTime changed_at{};                 ///< into the present state
  std::optional<WallTime> started_at;    ///< of its first dispatch; none: it was not sent yet
  std::optional<WallTime> finished_at;   ///< into a final state; none: it is in none
  std::vector<AttemptRecord> history;    ///< every dispatch that may have run, oldest first
};

/// A whole task as it is reported: by a run at its end, later from the store.
struct TaskRecord {
  Task task;                                 ///< what was asked for
  TaskState state = TaskState::Pending;      ///< of the whole
  std::vector<WorkflowStep> steps;           ///< in creation order
  SharedError error;                         ///< of the task as a whole, e.g. its timeout
  std::optional<WallTime> started_at;        ///< when it was admitted; none: not yet
  std::optional<WallTime> finished_at;       ///< when it came to rest; none: it has not
  std::optional<StopReason> stop_requested;  ///< it is being stopped as a whole
  std::optional<Uuid> owner;                 ///< the engine that runs it, or ran it last
  std::int64_t fence = 0;                    ///< goes up with every change of owner
  int recoveries = 0;                        ///< engines that died of it since its last new result
};

}  // namespace tasker
