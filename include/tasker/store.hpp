#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tasker/task.hpp"

namespace tasker {

/// A change of one step, decided and not yet applied. Says what it expects (`from`, `attempts_before`).
struct StepChange {
  StepIndex step = 0;                    ///< which one
  StepState from = StepState::Pending;   ///< the state it must be in
  StepState to = StepState::Pending;     ///< the state it goes to
  std::uint32_t attempts_before = 0;     ///< the attempts it must have used
  std::uint32_t attempts = 0;            ///< the attempts it has used afterwards
  std::optional<JsonText> results;       ///< none: kept as they are
  std::optional<JsonText> output;        ///< what `process` returned, when `process_results` made something else of it
  SharedError error;                     ///< null: cleared
  std::optional<JsonText> checkpoint;    ///< none: kept as it is
  std::optional<Duration> retry_delay;   ///< from `at` to the next attempt; none: none follows
  std::optional<AttemptRecord> attempt;  ///< the history row that goes with it
  WallTime at{};                         ///< when it was decided
};

/// A step that comes into being while its task runs: chosen by a decision, cut by a batchable step, or waiting for such
/// ones.
struct CreatedStep {
  StepIndex index = 0;                  ///< its place in the task: the next free one
  std::string name;                     ///< unique within its task
  Uuid uuid;                            ///< follows from the task's and the name
  StepIndex template_index = 0;         ///< into TaskTemplate::steps
  std::vector<StepIndex> dependencies;  ///< steps that exist or come with the same transition, ascending
  std::optional<JsonText> inputs;       ///< of its own, e.g. a batch worker's cursor
};

/// What one event means for a task: one transaction's worth of changes, decided by DagExecutor.
struct Transition {
  TaskId task = 0;                      ///< which one
  std::vector<StepChange> steps;        ///< each step at most once
  std::optional<TaskState> task_state;  ///< the task's new state, when it changes
  SharedError task_error;               ///< of the task as a whole; null: kept as it is
  WallTime at{};                        ///< when it was decided
  std::vector<CreatedStep> created{};   ///< in the order of their places
  std::optional<StopReason> stop{};     ///< the wish to stop the task; durable before anybody is asked to stop
  SharedError stop_error{};             ///< why, for a stop that is no cancel
  std::int64_t fence = 0;               ///< the task's, as its owner knows it
};

/// A new task with its steps.
struct CreateTask {
  Task task;                                ///< its id is of `next_task_id`
  TaskState state = TaskState::InProgress;  ///< the one it begins with
  std::vector<Uuid> step_uuids;             ///< one per step that exists from the start

  /// The template step of each, ascending. Empty: all of the template's.
  std::vector<StepIndex> step_templates{};
};
/// An ended task that nobody will ask for again (stores without a file only).
struct ForgetTask {
  TaskId task = 0;  ///< which one
};
/// An engine makes a task of a dead engine, or of nobody, its own. Writes of an earlier owner are refused from then on.
struct TakeOver {
  TaskId task = 0;                ///< which one
  std::int64_t fence_before = 0;  ///< it must still be this; one more afterwards
  int recoveries = 0;             ///< from now on
};
/// What a step said, in order.
struct AppendLogs {
  TaskId task = 0;             ///< which one
  StepIndex step = 0;          ///< its step that spoke
  DispatchId dispatch = 0;     ///< the dispatch that it spoke in
  std::vector<LogLine> lines;  ///< in the order they were said
};
/// One thing to write.
using StoreWrite = std::variant<CreateTask, Transition, ForgetTask, TakeOver, AppendLogs>;

/// Writes that become durable together or not at all.
struct StoreBatch {
  std::vector<StoreWrite> writes;  ///< in the order they are to be made
};

/// Why a batch was not written.
struct StoreError {
  /// For programs: what to do about it.
  enum class Kind : std::uint8_t {
    Refused,       ///< these writes can't be stored; others can
    Unavailable,   ///< the store itself is broken, full, gone
    NotOwner,      ///< the task has another owner by now
    DuplicateKey,  ///< a live task with this unique key is there already
  };
  std::string message;        ///< for people
  Kind kind = Kind::Refused;  ///< for programs
};

/// What a commit that was reported outlives.
enum class Durability : std::uint8_t {
  Full,    ///< what is reported survives a power loss
  Normal,  ///< it survives the end of the process; a power loss may take the last commits
};

/// How a store behaves; fixed for its life.
struct StoreOptions {
  Durability durability = Durability::Full;  ///< what is waited for at a commit

  /// How long a full disk, a lock or another I/O error is waited out before the store gives up.
  Duration patience = std::chrono::seconds(60);
  std::string vfs;  ///< one of SQLite's registered file systems, for tests; empty: the usual one
};

/// Where tasks are kept. Commits are asynchronous and ordered: batches become durable in the order they were given.
/// The loop thread calls; `on_durable` runs on the loop thread again, never inside `commit`.
class Store {
 public:
  /// Is given the batch back: durable, or with the error that kept it from being so.
  using OnDurable = std::function<void(StoreBatch batch, std::optional<StoreError> error)>;

  virtual ~Store() = default;
  /// Writes a batch; gives it back when it is durable, or when it can't be.
  virtual void commit(StoreBatch batch, OnDurable on_durable) = 0;
  /// The next free task number. Loop thread.
  virtual TaskId next_task_id() = 0;
  /// Reads one task as it stands on disk; none when it does not exist. Blocks for what is queued before it.
  virtual std::optional<TaskRecord> load(TaskId task) = 0;
  /// False when everything ends with the process: nothing can be resumed, ended tasks are forgotten.
  virtual bool is_durable() const = 0;
  /// This engine's mark in the store; what `TaskRecord::owner` says of its tasks. None where nobody else can be.
  virtual std::optional<Uuid> engine_id() const { return std::nullopt; }
  /// Where others look for a socket to reach this engine; empty: nowhere.
  virtual std::string control_path() const { return ""; }
};

/// Runs a function on the loop thread, from any thread.
using Post = std::function<void(std::function<void()>)>;

/// Opens a store by its URL: `memory:` is a private SQLite database without a file, `sqlite:PATH` a file that engines
/// share; it is made, with its folder, when it is missing. Throws std::runtime_error with a sentence for people when it
/// can't be had.
std::unique_ptr<Store> open_store(const std::string& url, Post post, const StoreOptions& options = {});

/// The path of a `sqlite:PATH` URL; none for `memory:`. Throws std::runtime_error for other URLs.
std::optional<std::string> store_path(const std::string& url);

}  // namespace tasker
