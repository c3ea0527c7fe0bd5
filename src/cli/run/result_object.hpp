#pragma once

#include <string>

#include "cli/exit_code.hpp"
#include "tasker/task.hpp"

namespace tasker {
class JsonWriter;
}

namespace tasker::cli {

/// What stands around a task's record in its result object.
struct ResultFrame {
  int exit_code = 0;  ///< below 0: it has not ended
  bool resumable = false;
  bool as_event = false;  ///< with `"event":"task.result"` in front
};

/// The result object of docs/cli.md, one line without its newline. Contexts and results are spliced in as the text
/// they are: digits, float text and key order are the handler's.
std::string result_object(const TaskRecord& record, const ResultFrame& frame);

/// `{pid, exit, signal, last_words, memory_kb, advice}`: how a worker ended.
void write_worker(JsonWriter& json, const WorkerEvidence& worker);

/// `{kind, class, message, backtrace[], cause, ...}`, or null.
void write_error(JsonWriter& json, const SharedError& error);

}  // namespace tasker::cli
