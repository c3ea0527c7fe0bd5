#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "tasker/step_handler.hpp"
#include "worker/step_definitions.hpp"

namespace tasker {
class JsonWriter;
}

namespace tasker::worker {

/// What a request says in place of values that its worker holds.
struct References {
  std::optional<std::int64_t> context;
  std::optional<std::int64_t> definition;
};

/// Writes the params of `step/process` (docs/protocol.md): the task, the step and its ancestors as the hashes that Ruby
/// handlers know. Results and contexts are spliced as text. A task's own text is made once and kept for the tasks used
/// last. A batch worker gets its batchable step's results without the cursors of all the others, or a batch of N would
/// cost N^2 bytes; that text, too, is made once.
class StepRequestWriter {
 public:
  explicit StepRequestWriter(std::string environment)
      : environment_(std::move(environment)), definitions_(environment_) {}

  /// What a `definition_ref` stands for; it holds until the next call.
  const StepDefinition& definition(const StepContext& context, Duration timeout) {
    return definitions_.of(context, timeout);
  }
  /// With references the request says only the rest.
  std::string params(const StepContext& context, Duration timeout, WallTime now, const References& refs = {});

 private:
  /// Without the context: what is kept here must not grow with it.
  struct TaskText {
    std::string before;  ///< up to the member of the context
    std::string after;
  };
  const TaskText& task_text(const Task& task, bool whole);
  const std::string& results_for_worker(const JsonText& cut);
  void append_task(std::string& out, const Task& task, const References& refs);
  void write_whole(std::string& out, const StepContext& context, Duration timeout, WallTime now,
                   const References& refs);
  void write_slim(std::string& out, const StepContext& context, Duration timeout, WallTime now, const References& refs);
  void write_sequence(JsonWriter& json, const StepContext& context);

  std::string environment_;
  StepDefinitions definitions_;
  // Least recently made first; a task that is still running when it falls out is only written again.
  std::list<std::int64_t> order_;
  std::unordered_map<std::int64_t, TaskText> task_texts_;
  JsonText cut_;  ///< a batchable step's results, the last that were shortened
  std::string shortened_ = "null";
};

}  // namespace tasker::worker
