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

/// The kinds of step of the template format.
enum class StepType : std::uint8_t { Standard, Decision, DeferredConvergence, Batchable, BatchWorker };
std::string_view to_string(StepType type);
std::optional<StepType> step_type_from(std::string_view name);

/// What a permanent failure stops: the steps that depend on it, or every step that has not started.
enum class OnFailure : std::uint8_t { ContinueIndependent, StopNew };
std::string_view to_string(OnFailure policy);
std::optional<OnFailure> on_failure_from(std::string_view name);

/// Where something stands in a template file; 1-based, 0 when unknown.
struct SourcePosition {
  int line = 0;
  int column = 0;
  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

/// Which code runs a step.
struct HandlerReference {
  std::string callable;  ///< a name that the registry knows, e.g. a Ruby constant path
  std::string method;    ///< empty: the handler's own form
  std::string resolver;  ///< kept for the originals' readers; names resolve through one registry
  JsonText initialization = JsonText::trusted("{}");  ///< object passed to the handler's constructor
  SourcePosition position;
};

struct BatchConfig {
  int batch_size = 1000;
  int parallelism = 10;
  std::string cursor_field = "id";
  std::string worker_template;
  std::string failure_strategy = "continue_on_failure";
};

struct StepTemplate {
  std::string name;
  std::string description;
  StepType type = StepType::Standard;
  std::vector<std::uint32_t> dependencies;  ///< indexes into TaskTemplate::steps, each once, in written order
  HandlerReference handler;
  RetryPolicy retry;
  std::optional<std::chrono::milliseconds> timeout;  ///< of one attempt; none: the engine's default
  bool at_most_once = false;
  std::string system_dependency;
  JsonText publishes_events = JsonText::trusted("[]");
  std::optional<BatchConfig> batch;
  JsonText lifecycle;
  SourcePosition position;
};

/// A workflow as written in its file, merged for one environment and validated: dependencies exist and form no cycle.
/// Immutable once loaded; shared by every task that runs it.
struct TaskTemplate {
  std::string name;
  std::string namespace_name = "default";
  std::string version = "1.0.0";
  std::string description;
  std::string environment = "production";  ///< the environment it was merged for
  JsonText metadata = JsonText::trusted("{}");
  JsonText input_schema;               ///< null: none
  bool input_schema_enforced = false;  ///< written as `schema`: a mismatch refuses the task
  std::vector<StepTemplate> steps;
  std::optional<std::chrono::milliseconds> timeout;  ///< of the whole task
  OnFailure on_failure = OnFailure::ContinueIndependent;
  std::vector<std::pair<std::string, std::string>> env;  ///< variables that handlers see
  std::vector<std::string> handlers;                     ///< Ruby files or folders, absolute
  std::string file;  ///< as the user named it; "-" for standard input, empty for text
};
using SharedTemplate = std::shared_ptr<const TaskTemplate>;

}  // namespace tasker
