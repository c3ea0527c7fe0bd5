#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tasker::cli::doctor {

/// What `gather` found, before anybody judges it.

struct RubyFacts {
  std::string path;     ///< empty: no ruby in PATH
  std::string version;  ///< empty: it did not run
  std::string json_version;
  std::string problem;  ///< what it said instead
};

struct RunnerFacts {
  std::string path;         ///< of runner.rb; empty: nowhere
  std::string problem;      ///< where it was looked for
  std::string gem_version;  ///< of the tasker_core beside it; empty: missing
  std::string own_version;  ///< of this binary
  bool gem_asked = true;    ///< false: there is no Ruby to ask it
};

struct HandlerFacts {
  std::vector<std::string> paths;  ///< none: there is no handlers/ here and none was named
  std::string template_path;       ///< empty: none was named
  std::size_t count = 0;           ///< announced
  std::string problem;             ///< why they do not load, or what the template misses
  std::string advice;
};

struct StoreFacts {
  std::string url;
  std::string path;  ///< empty: in memory
  bool exists = false;
  bool file_writable = false;
  bool folder_exists = false;
  bool folder_writable = false;  ///< or the folder that it would be made in
  bool is_network = false;       ///< NFS, SMB: their locks do not hold
  std::string problem;           ///< why it can't be opened
  bool checked = false;          ///< its integrity was
  std::vector<std::string> findings;
  std::int64_t file_bytes = 0;
  std::int64_t log_bytes = 0;
  std::int64_t free_bytes = -1;  ///< on its file system; -1: unknown
  std::size_t engines_alive = 0;
  std::size_t abandoned_tasks = 0;  ///< unfinished, and no engine runs them
};

struct LimitFacts {
  std::uint64_t files_soft = 0;
  std::uint64_t files_hard = 0;
  std::optional<std::uint64_t> processes;  ///< none: no limit
  int cores = 1;
  bool has_proc = true;
};

struct LocaleFacts {
  std::string name;   ///< LC_ALL, LC_CTYPE or LANG; empty: none
  bool known = true;  ///< the system has it
};

struct TerminalFacts {
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  std::string term;
  bool no_color = false;
  int columns = 0;
};

struct EnvironmentFacts {
  std::vector<std::pair<std::string, std::string>> variables;  ///< those that matter, in order
  std::map<std::string, std::string> refusals;                 ///< of those that no run would take: why
  std::vector<std::string> twins;                              ///< all that flags read
  bool gemfile_exists = true;                                  ///< the one of BUNDLE_GEMFILE
};

struct Facts {
  RubyFacts ruby;
  RunnerFacts runner;
  HandlerFacts handlers;
  StoreFacts store;
  LimitFacts limits;
  LocaleFacts locale;
  TerminalFacts terminal;
  EnvironmentFacts environment;
};

}  // namespace tasker::cli::doctor
