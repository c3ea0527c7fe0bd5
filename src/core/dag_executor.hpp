#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <queue>
#include <string>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "core/batch_lanes.hpp"
#include "core/expansion.hpp"
#include "core/reopen.hpp"
#include "core/step_graph.hpp"
#include "core/verdict.hpp"
#include "tasker/step_handler.hpp"
#include "tasker/step_limits.hpp"
#include "tasker/store.hpp"

namespace tasker {

/// The run state of one task: pure, reads no clock, owned by the engine. `start` and `finish` decide; `committed`,
/// called when the store has made the decision durable, is the one place that applies it: lowers counters, frees
/// dependants, adds created steps, arms retries. So the graph in memory never runs ahead of the disk. Readiness is a
/// counter per step: O(V+E) for a whole run.
class DagExecutor final : public TaskView {
 public:
  /// `step_uuids`: one per step of the template; those that exist from the start take theirs.
  DagExecutor(Task task, const std::vector<Uuid>& step_uuids, const StepLimits& limits = {});

  /// Takes up a task as it stands in the store. What is due is ready; a wait for a retry goes on where it was.
  static DagExecutor restore(const TaskRecord& record, Times now, const StepLimits& limits = {});
  /// What became of the engine that had the task before.
  enum class Predecessor : std::uint8_t {
    SignedOff,  ///< nothing of it can have been running
    Died,       ///< whatever was ready may have run
  };
  /// Decides, right after `restore`, what the end of the engine before means: a row in the history of each step that
  /// may have run; `at_most_once` ones wait for a person. Consumes no attempt otherwise. Steps that results ask for and
  /// that do not exist yet are created.
  Transition recover(Predecessor predecessor, Times now);
  /// The highest dispatch number in the history; 0: none.
  DispatchId last_dispatch() const;

  // TaskView: committed state, but for `in_progress`, which a step shows from its start.
  const Task& task() const override { return task_; }
  const std::vector<WorkflowStep>& steps() const override { return steps_; }
  std::vector<SequenceEntry> ancestors(StepIndex step) const override;

  /// Hands out the steps that may start at `now`, each once until it comes back by `finish`.
  std::vector<StepIndex> ready(TimePoint now);
  /// When a waiting retry becomes ready.
  std::optional<TimePoint> next_retry_at() const;

  struct Started {
    int attempt = 0;
    /// Present when the step's policy wants its start on disk before it is sent (`at_most_once`).
    std::optional<Transition> commit_first;
  };
  Started start(StepIndex step, DispatchId dispatch, Times now);

  /// Decides what an answer means. `random` in [0, 1) is for the jitter of a retry.
  Transition finish(StepIndex step, StepOutcome outcome, const AttemptReport& report, Times now, double random);

  /// Decides to stop the task: whatever does not run becomes `cancelled`; what runs is the caller's to stop, and still
  /// counts when it succeeds.
  Transition stop(StopReason reason, SharedError error, Times now);

  /// A person wants steps that failed for good to run again, from their start, while the rest of the task goes on. What
  /// waited for them waits again. Only failures that are committed, and have stopped nothing else.
  std::variant<Transition, CannotReopen> rerun(const std::vector<StepIndex>& failed, Times now);
  /// The same for a failed step that a person declares done, with its results. `dispatch`: the number of its row in the
  /// history.
  std::variant<Transition, CannotReopen> resolve(StepIndex failed, JsonText results, DispatchId dispatch, Times now);

  /// Applies a decision that is durable now.
  void committed(const Transition& transition, TimePoint now);

  /// True when nothing new may start (a failure under `stop_new`, or `stop`): what was handed out and not sent should
  /// come back.
  bool halted() const { return halted_; }
  bool ended() const { return ended_; }
  TaskState state() const;
  std::size_t running() const { return running_; }
  /// The dispatches of those that run, in the order of their steps' places. O(steps).
  std::vector<DispatchId> dispatches() const;
  /// The task as it is reported: steps that can't run any more carry `blocked` and the names of the failed steps.
  TaskRecord record() const;

 private:
  /// What is decided for a step, ahead of what is committed. Created steps have one before they have a row. A task may
  /// have 100,000 of them: the order of the members leaves no holes.
  struct Run {
    DispatchId dispatch = 0;
    StepIndex template_index = 0;
    std::uint32_t unmet = 0;  ///< parents that are not committed as done
    std::uint32_t attempts = 0;
    StepState state = StepState::Pending;
    std::uint8_t deaths = 0;
    bool open : 1 = true;  ///< may still start or is running
    bool running : 1 = false;
    bool in_lane : 1 = false;  ///< holds one of its batch's places to run
  };
  struct Retry {
    TimePoint at;
    StepIndex step;
    bool operator>(const Retry& other) const { return at > other.at; }
  };

  const StepTemplate& step_template(StepIndex step) const {
    return task_.task_template->steps[runs_[step].template_index];
  }
  bool is_worker(StepIndex step) const { return step_template(step).type == StepType::BatchWorker; }
  bool may_go_on(StepIndex step) const { return !halted_ && !stopped_batches_.contains(runs_[step].template_index); }
  bool is_set_aside(StepIndex failed) const;
  bool frees_dependants(StepIndex step, StepState state) const;
  void add_runs();
  void add_run(StepIndex template_step);
  void link(StepIndex step, const std::vector<StepIndex>& dependencies);
  bool enter_lane(StepIndex step);
  void leave_lane(StepIndex step);
  Transition transition(Times now) const;
  Verdict judge_answer(StepIndex step, const StepOutcome& outcome, double random, std::vector<CreatedStep>& created);
  StepChange change_of(StepIndex step, const Verdict& verdict, StepOutcome& outcome, const AttemptReport& report,
                       Times now);
  StepChange cancellation(StepIndex step, WallTime at) const;
  void adopt(std::vector<CreatedStep>& created);
  bool can_never_run(const CreatedStep& step) const;
  void fail(Transition& transition, StepIndex step, const SharedError& error);
  void decide(Transition& transition, StepChange change);
  void close(StepIndex step);
  void block_descendants(StepIndex step);
  void halt_for_failure(Transition& transition, WallTime at);
  void stop_batch(Transition& transition, StepIndex failed, WallTime at);
  void conclude(Transition& transition);
  std::optional<std::string> why_not_reopened(StepIndex step) const;
  void forget_failure(StepIndex step);
  void unblock_descendants(StepIndex step);
  TaskState final_state() const;
  void apply(const StepChange& change, TimePoint now);
  void apply(const CreatedStep& created);
  void set_state(StepIndex step, StepState to);
  void free_children(StepIndex step);

  DagExecutor(const TaskRecord& record, const StepLimits& limits);
  void restore_run(StepIndex step);
  void restore_failure(StepIndex step);
  void queue_restored(StepIndex step, Times now);
  bool may_have_run(StepIndex step) const;
  void record_loss(Transition& transition, StepIndex step, DispatchId dispatch);
  void cancel_all_that_rests(Transition& transition, WallTime at);

  Task task_;
  Expansion expansion_;
  std::vector<WorkflowStep> steps_;
  std::vector<CreatedStep> owed_;  ///< from `restore` to `recover`: what stored results create and has no row
  // What is decided, ahead of steps_: one for each step that exists or will by a commit under way.
  std::vector<Run> runs_;
  StepGraph graph_;
  std::deque<StepIndex> ready_;
  std::priority_queue<Retry, std::vector<Retry>, std::greater<>> retries_;
  BatchLanes lanes_;
  std::unordered_set<StepIndex> stopped_batches_;  ///< template steps of workers, one of which failed fast
  std::size_t open_ = 0;                           ///< steps that are neither decided for good nor blocked
  std::size_t running_ = 0;
  std::size_t failed_ = 0;       ///< decided `error`
  std::size_t undecidable_ = 0;  ///< of those, `maybe_executed`: a person must look
  std::optional<StopReason> stopped_;
  SharedError stop_error_;
  bool halted_ = false;
  bool ended_ = false;
  TaskState state_ = TaskState::InProgress;
  SharedError error_;
  std::optional<WallTime> finished_at_;
};

/// A stored task as it is reported: steps that can't run any more say what blocks them.
TaskRecord reported(TaskRecord record);

/// True when there is anything in it for the store.
bool writes_anything(const Transition& transition);

}  // namespace tasker
