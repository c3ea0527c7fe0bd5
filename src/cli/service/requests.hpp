#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store_reader.hpp"
#include "tasker/clock.hpp"

namespace tasker::cli {

/// Which workflow: a file, or its text.
struct WorkflowChoice {
  std::string path;                   ///< empty: it is given as text
  std::optional<std::string> text;    ///< relative handlers are looked for in the working folder
  std::vector<std::string> handlers;  ///< empty: those of the command line, else the template's
  std::string environment;            ///< empty: that of the command line
  bool strict = false;

  /// What messages call it.
  std::string name() const { return text ? "-" : path; }
};

struct RunRequest {
  WorkflowChoice workflow;
  std::string context;  ///< JSON, an object
  std::optional<std::chrono::milliseconds> timeout;
  std::string unique_key;
  bool events = true;
};

struct ValidateRequest {
  WorkflowChoice workflow;
  bool handlers = true;  ///< with one worker
};

struct RetryRequest {
  std::string task;
  std::string step;                    ///< empty: everything that failed
  std::optional<std::string> context;  ///< none: the task's own
  bool latest = false;                 ///< with the template as its file says it now
  bool events = true;
};

struct HandlersRequest {
  std::vector<std::string> handlers;  ///< empty: those of the command line, else the template's, else `handlers/`
  std::string template_path;          ///< empty: none
};

struct CallRequest {
  std::string handler;
  std::string context;
  HandlersRequest from;
  std::optional<std::chrono::milliseconds> timeout;
  bool events = true;
};

// Each reads the parameters of a call, an object as JSON (empty: none), and throws CommandError (usage) that names what
// is wrong.
RunRequest read_run_request(std::string_view params);
ValidateRequest read_validate_request(std::string_view params);
RetryRequest read_retry_request(std::string_view params);
HandlersRequest read_handlers_request(std::string_view params);
CallRequest read_call_request(std::string_view params);
store::TaskFilter read_task_filter(std::string_view params, WallTime now);
/// `{task_uuid}`
std::string read_task_id(std::string_view params);

}  // namespace tasker::cli
