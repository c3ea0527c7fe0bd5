#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tasker/json_text.hpp"
#include "tasker/retry_policy.hpp"

namespace tasker {

/// The kinds of step of the template format: an ordinary one, one whose result chooses steps, one that waits for
/// whatever was chosen, one that cuts work into batches, and the one that is made for each batch.
enum class StepType : std::uint8_t { Standard, Decision, DeferredConvergence, Batchable, BatchWorker };
/// The name in a template, e.g. "batch_worker".
std::string_view to_string(StepType type);
/// The type of that name; none: there is none.
std::optional<StepType> step_type_from(std::string_view name);

/// What a permanent failure stops: the steps that depend on it, or every step that has not started.
enum class OnFailure : std::uint8_t { ContinueIndependent, StopNew };
/// The name in a template, e.g. "stop_new".
std::string_view to_string(OnFailure policy);
/// The policy of that name; none: there is none.
std::optional<OnFailure> on_failure_from(std::string_view name);

/// Where something stands in a template file; 1-based, 0 when unknown.
struct SourcePosition {
  int line = 0;    ///< from 1; 0: unknown
  int column = 0;  ///< from 1, in bytes; 0: unknown

  /// Equal member by member.
  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

/// Which code runs a step.
struct HandlerReference {
  std::string callable;  ///< a name that the registry knows, e.g. a Ruby constant path
  std::string method;    ///< empty: the handler's own form
  std::string resolver;  ///< kept for the originals' readers; names resolve through one registry
  JsonText initialization = JsonText::trusted("{}");  ///< object passed to the handler's constructor
  SourcePosition position;                            ///< of the handler's name, for messages
};

/// How a batchable step is cut; its own result may say otherwise.
struct BatchConfig {
  int batch_size = 1000;            ///< items of one batch
  int parallelism = 10;             ///< workers that run at once
  std::string cursor_field = "id";  ///< what the cursor counts; passed to the workers
  std::string worker_template;      ///< the step of this file that is made for each batch
  std::string failure_strategy =
      "continue_on_failure";  ///< what a failed worker stops: `continue_on_failure`, `fail_fast` or `isolate`
};

/// A step as written in its file.
struct StepTemplate {
  std::string name;                                  ///< unique within its template
  std::string description;                           ///< for people
  StepType type = StepType::Standard;                ///< what its result may bring about
  std::vector<std::uint32_t> dependencies;           ///< indexes into TaskTemplate::steps, each once, in written order
  HandlerReference handler;                          ///< which code runs it
  RetryPolicy retry;                                 ///< when and how often it runs again
  std::optional<std::chrono::milliseconds> timeout;  ///< of one attempt; none: the engine's default
  bool at_most_once = false;      ///< never run twice: when nobody knows whether it ran, a person decides
  std::string system_dependency;  ///< a name for people; the engine does nothing with it
  JsonText publishes_events = JsonText::trusted("[]");  ///< an array; handlers see it, the engine does nothing with it
  std::optional<BatchConfig> batch;                     ///< for batchable steps and their workers
  JsonText lifecycle;       ///< null, or an object, for readers of the file; the engine does nothing with it
  SourcePosition position;  ///< of the step, for messages
};

/// A workflow as written in its file, merged for one environment and validated: dependencies exist and form no cycle.
/// Immutable once loaded; shared by every task that runs it.
struct TaskTemplate {
  std::string name;                                  ///< with the namespace, how people find its tasks
  std::string namespace_name = "default";            ///< keeps names of different teams apart
  std::string version = "1.0.0";                     ///< of the workflow, for people
  std::string description;                           ///< for people
  std::string environment = "production";            ///< the environment it was merged for
  JsonText metadata = JsonText::trusted("{}");       ///< an object, for readers of the file
  JsonText input_schema;                             ///< null: none
  bool input_schema_enforced = false;                ///< written as `schema`: a mismatch refuses the task
  std::vector<StepTemplate> steps;                   ///< in written order; StepTemplate::dependencies count them from 0
  std::optional<std::chrono::milliseconds> timeout;  ///< of the whole task
  OnFailure on_failure = OnFailure::ContinueIndependent;  ///< what a permanent failure stops
  std::vector<std::pair<std::string, std::string>> env;   ///< variables that handlers see
  std::vector<std::string> handlers;                      ///< Ruby files or folders, absolute
  std::string file;  ///< as the user named it; "-" for standard input, empty for text
};
/// Shared by the tasks that run it.
using SharedTemplate = std::shared_ptr<const TaskTemplate>;

}  // namespace tasker
