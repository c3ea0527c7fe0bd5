#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tasker/engine.hpp"
#include "tasker/events.hpp"
#include "tasker/task.hpp"
#include "tasker/template_loader.hpp"
#include "tasker/workers.hpp"

/// An engine that runs workflows. `Runtime` is where a program begins; docs/architecture.md has the map.
namespace tasker {

class HandlerRegistry;

/// How Ruby workers are started and kept.
struct WorkerOptions {
  int count = 0;                           ///< processes at most; 0: cores, at most 8
  std::string ruby = "ruby";               ///< looked up in PATH
  std::string directory;                   ///< where they work; empty: the engine's own working folder
  std::string runner;                      ///< path of runner.rb; empty: beside the binary or where it was installed
  std::vector<std::string> handlers;       ///< Ruby files or folders
  std::vector<std::string> requires_;      ///< Ruby to load first
  std::string environment = "production";  ///< what handlers see as the environment of their task
  std::vector<std::pair<std::string, std::string>> env;  ///< added to what workers inherit
  bool clean_env = false;                   ///< workers inherit only what Ruby and its tools need, and `pass_env`
  std::vector<std::string> pass_env;        ///< names, or beginnings of names that end in `*`
  std::uint64_t max_memory_bytes = 0;       ///< resident memory of a worker at most; 0: as much as there is
  std::optional<std::uint64_t> open_files;  ///< RLIMIT_NOFILE of a worker (soft); none: as the engine has it
  std::chrono::milliseconds boot_timeout{30'000};   ///< from a worker's start to its announcement
  std::chrono::milliseconds step_timeout{600'000};  ///< where the template says nothing
  std::chrono::milliseconds cancel_grace{5'000};    ///< from the cancel to TERM
  std::chrono::milliseconds term_grace{2'000};      ///< from TERM to KILL

  /// Limits of a worker's life, 0: none. Looked at between two steps; steps and age have up to 15 % less, by chance.
  /// This one: the steps it runs.
  std::uint64_t max_steps = 0;
  std::int64_t max_rss_kb = 0;              ///< resident memory after a step
  std::chrono::milliseconds worker_ttl{0};  ///< its age
  std::chrono::milliseconds idle_ttl{0};    ///< time without a step
  bool watch = false;                       ///< loads the code anew when a handler file changes

  /// One parent process loads everything and forks the workers, which are there in milliseconds and share its memory.
  /// Needs `RuntimeOptions::reap_orphans`.
  bool preload = false;
};

/// What a runtime is made of; fixed for its life.
struct RuntimeOptions {
  std::string store = "memory:";                  ///< `memory:` or `sqlite:PATH`, see `open_store`
  StoreOptions store_options;                     ///< how durable, how patient
  WorkerOptions workers;                          ///< the Ruby side
  std::chrono::milliseconds drain_grace{30'000};  ///< that running steps have after the first `stop`
  StepLimits step_limits{};                       ///< how much a task may grow while it runs

  /// The process is a subreaper (PR_SET_CHILD_SUBREAPER): what dead workers leave behind becomes its child, and the
  /// runtime reaps every ended child of the process. For programs that own their process.
  bool reap_orphans = false;
  /// The tasker binary: it is started as `tasker-warden` and ends what workers have started should this process be
  /// killed. Empty: only the workers themselves die with it.
  std::string warden{};
};

/// How a run ended.
enum class RunEnd : std::uint8_t {
  TaskEnded,      ///< see the record
  Interrupted,    ///< drained or killed by a signal or `stop`
  WorkersFailed,  ///< no worker could boot
  HandlersWrong,  ///< the template names handlers that nobody announced
  StoreFailed,
  DuplicateKey,  ///< a live task with this unique key, or a task of this line, is there already
  TakenOver,     ///< another engine owns the task by now
};

/// What became of a run. Never thrown: a run that can't be is told by `end`.
struct RunResult {
  RunEnd end = RunEnd::TaskEnded;       ///< which of the members below say more
  std::optional<TaskRecord> record;     ///< the task as it stands on disk; none: it never got there, or many were run
  std::optional<BootReport> boot;       ///< why no worker could boot, for WorkersFailed
  std::vector<Diagnostic> diagnostics;  ///< for HandlersWrong
  std::string store_error;              ///< a sentence, for StoreFailed, DuplicateKey and TakenOver; else empty
  int signal = 0;                       ///< for Interrupted by a signal
  bool resumable = false;               ///< the store has what is needed to go on with it
};

/// What a run of many tasks is fed from. Called on the loop thread.
class TaskSource {
 public:
  struct Later {};  ///< nothing for now; `Runtime::more_work` tells when to ask again
  struct Over {};   ///< nothing any more

  /// What there is to run next.
  using Next = std::variant<TaskRequest, Adoption, Later, Over>;
  virtual ~TaskSource() = default;
  /// Gives the next task. Called again after each one until `at_once` of them run, then whenever one has ended.
  virtual Next next() = 0;
};

/// An engine with everything it needs: event loop, store and a pool of Ruby workers. What the `tasker` binary and
/// embedding programs use. Create, use and destroy it on one thread, and let that thread live as long as it: workers
/// die with it.
class Runtime {
 public:
  /// Opens the store; starts no process yet. Throws std::runtime_error, with a sentence for people, when the store
  /// can't be had. `observer` must outlive it.
  Runtime(RuntimeOptions options, Observer& observer);
  /// Ends workers that are still there and waits for them.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// For C++ handlers; bind them before `run`.
  HandlerRegistry& registry();

  /// Runs one task to its end. Ruby workers are started when a step names a handler that is not bound in C++.
  RunResult run(const TaskRequest& request);
  /// Goes on with a task of an engine that is gone, to its end.
  RunResult resume(Adoption adoption);
  /// Runs what the source gives, so many tasks at once, until it is over and all have ended; the observer sees each
  /// end. The handlers are the caller's to check first (`check_handlers`). `record` stays empty.
  RunResult run_all(TaskSource& source, std::size_t at_once);
  /// A source that said `Later` has something now. From any thread.
  void more_work();
  /// Cancels a task that has not ended; false: there is none with this uuid here. Loop thread: inside an Observer's
  /// call, `every` or `post`.
  bool cancel(const std::string& task_uuid);
  /// This engine's mark in the store, where others can be.
  std::optional<Uuid> engine_id() const;

  /// Boots one worker and checks that every handler of the template is there and usable. Empty: all is well. Inside
  /// `run_all` (by its source) only once a worker has announced its handlers.
  RunResult check_handlers(const TaskTemplate& task_template);

  /// Boots one worker and says what it announced; C++ handlers first.
  std::variant<std::vector<HandlerInfo>, BootReport> handlers();

  /// The first call drains, the second kills. From any thread or the loop; not from a signal handler.
  void stop(int signal = 0);
  /// SIGINT and SIGTERM call `stop` from now on; SIGHUP calls `reload`, or `stop` when the terminal is gone. For
  /// programs that own their process.
  void stop_on_signals();
  /// Calls `function` on the loop thread whenever that signal comes while a run goes on. For programs that own their
  /// process.
  void on_signal(int signal, std::function<void()> function);
  /// Every worker slot as it stands. Loop thread: inside an Observer's call, `every` or `post`.
  PoolSnapshot workers() const;
  /// Loads the handler files anew: a first worker boots with them while the others keep serving. When it fails they go
  /// on, and WorkersCodeRejected says why. Loop thread, as above.
  void reload();
  /// Calls `function` on the loop thread every `interval` while a run goes on, e.g. to redraw a display.
  void every(std::chrono::milliseconds interval, std::function<void()> function);
  /// Runs `function` on the loop thread.
  void post(std::function<void()> function);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tasker
