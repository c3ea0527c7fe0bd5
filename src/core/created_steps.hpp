#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tasker/json_text.hpp"
#include "tasker/task_template.hpp"

namespace tasker {

/// Why the results of a decision or batchable step create nothing: a sentence for people and a code for programs.
struct BadOutcome {
  std::string message;
  std::string error_code;
};

/// The steps a decision chose, as it named them, each once.
struct Choice {
  std::vector<std::string> step_names;
};

/// One worker's share of a batch.
struct Batch {
  std::string id;
  JsonText cursor;  ///< as the batchable step wrote it
};
/// What a batchable step cut its work into. No batches: none are needed.
struct Batches {
  std::string worker_template;  ///< empty: not named
  std::vector<Batch> batches;
};

/// Reads `decision_point_outcome` from a decision's results (docs/protocol.md). Pure.
std::variant<Choice, BadOutcome> read_choice(const std::string& step, const JsonText& results);

/// Reads `batch_processing_outcome` from a batchable step's results (docs/protocol.md). Pure.
std::variant<Batches, BadOutcome> read_batches(const std::string& step, const JsonText& results);

/// The inputs of the worker that gets this batch.
JsonText worker_inputs(const Batch& batch, const BatchConfig& config);

}  // namespace tasker
