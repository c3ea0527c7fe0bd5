#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tasker/step_limits.hpp"
#include "tasker/store.hpp"

namespace tasker::cli {

enum class OutputFormat { Text, Json, JsonLines };

/// What every command knows.
struct CommonOptions {
  OutputFormat output = OutputFormat::Text;
  bool quiet = false;
  bool no_color = false;
};

/// How long workers are waited for; not given: the runtime's own defaults.
struct Patience {
  std::optional<std::chrono::milliseconds> boot;    ///< from the spawn to ready
  std::optional<std::chrono::milliseconds> step;    ///< of a step whose template names no timeout
  std::optional<std::chrono::milliseconds> cancel;  ///< from the cancel to SIGTERM
  std::optional<std::chrono::milliseconds> term;    ///< from SIGTERM to SIGKILL
  std::optional<std::chrono::milliseconds> drain;   ///< after Ctrl-C
};

/// When workers are let go; 0: never.
struct WorkerLimits {
  std::uint64_t max_steps = 0;
  std::int64_t max_rss_bytes = 0;
  std::chrono::milliseconds worker_ttl{0};
  std::chrono::milliseconds idle_ttl{0};
  bool watch = false;  ///< new code is loaded when a handler file changes
};

/// Which Ruby, and how much of it.
struct WorkerChoice {
  std::vector<std::string> handlers;  ///< as given; empty: the template's, or `handlers/` beside it
  std::vector<std::string> requires_;
  int count = 0;  ///< 0: cores, at most 8
  std::string environment = "production";
  Patience patience;
  WorkerLimits limits;
  StepLimits steps;      ///< that decisions and batches may create
  bool preload = false;  ///< one parent loads everything and forks the workers
  bool clean_env = false;
  std::vector<std::string> pass_env;        ///< names, or beginnings that end in *
  std::uint64_t max_memory_bytes = 0;       ///< 0: no limit
  std::optional<std::uint64_t> open_files;  ///< none: the shell's
};

/// Where tasks are kept.
struct StoreChoice {
  std::optional<std::string> url;  ///< none: .tasker/tasker.db, where the folder can be written
  StoreOptions options;
};

struct RunOptions {
  CommonOptions common;
  WorkerChoice workers;
  std::string template_path;
  std::string input = "{}";  ///< JSON, @FILE or -
  std::string inputs;        ///< a file of contexts, one per line, or -; empty: one task
  std::size_t concurrency = 64;
  bool fail_fast = false;
  std::string run_id;      ///< empty: none was given
  std::string unique_key;  ///< empty: none
  StoreChoice store;
  std::optional<std::chrono::milliseconds> timeout;
  bool strict = false;
  bool dry_run = false;
};

struct ValidateOptions {
  CommonOptions common;
  WorkerChoice workers;
  std::vector<std::string> templates;
  bool strict = false;
  bool no_handlers = false;
};

enum class GraphFormat { Ascii, Mermaid, Dot, Svg };

struct GraphOptions {
  CommonOptions common;
  std::string template_path;  ///< empty: `task` is drawn
  std::string task;           ///< an id, or a part of it
  StoreChoice store;
  std::string environment = "production";
  GraphFormat format = GraphFormat::Ascii;
};

struct HandlerOptions {
  CommonOptions common;
  WorkerChoice workers;
  std::string handler;        ///< for show and call
  std::string template_path;  ///< empty: none
  std::string input = "{}";
  std::string store = "memory:";
  std::optional<std::chrono::milliseconds> timeout;
};

/// A server on stdin and stdout: `tasker rpc` or `tasker mcp`.
struct ServerOptions {
  CommonOptions common;
  WorkerChoice workers;
  StoreChoice store;
};

struct SchemaOptions {
  CommonOptions common;
  std::string name;
};

/// Where to write a new project.
struct InitOptions {
  CommonOptions common;
  std::string folder;
};

/// A handler to write, with its test.
struct HandlerNewOptions {
  CommonOptions common;
  std::string handler;  ///< a Ruby constant path
  std::string form = "process";
  std::string folder = "handlers";
};

/// What to look at besides the machine.
struct DoctorOptions {
  CommonOptions common;
  WorkerChoice workers;
  StoreChoice store;
  std::string template_path;  ///< empty: none
};

enum class Shell { Bash, Zsh, Fish };

struct CompletionOptions {
  CommonOptions common;
  Shell shell = Shell::Bash;
};

/// A runner to try against the rules of the protocol.
struct ConformanceOptions {
  CommonOptions common;
  std::vector<std::string> runner;  ///< its command line
  std::vector<std::string> handlers;
  std::vector<std::string> only;  ///< ids of rules; empty: all
  std::chrono::milliseconds limit = std::chrono::seconds(10);
};

}  // namespace tasker::cli
