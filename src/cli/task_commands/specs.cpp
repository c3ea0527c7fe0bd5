#include "cli/task_commands/specs.hpp"

namespace tasker::cli {

namespace {

constexpr ArgumentSpec kTask{"TASK", "A task's id, or a part of it: its begin or its end"};
constexpr ArgumentSpec kMaybeTask{"TASK", "A task's id, or a part of it", false};
constexpr ArgumentSpec kStep{"STEP", "A step's name"};

constexpr FlagSpec kOutput{"output", 'o', "text|json|jsonl", "What stdout carries", "text", "TASKER_OUTPUT"};
constexpr FlagSpec kQuiet{"quiet", 0, "", "No progress and no warnings", "", "TASKER_QUIET"};
constexpr FlagSpec kNoColor{"no-color", 0, "", "No colours on a terminal", "", "NO_COLOR"};
constexpr FlagSpec kWorkers{"workers",       'w', "N", "Ruby processes, started as work needs them", "cores, at most 8",
                            "TASKER_WORKERS"};
constexpr FlagSpec kHandlers{"handlers",
                             'H',
                             "PATH",
                             "Ruby files or folders instead of those stored with the task",
                             "those stored with the task",
                             "",
                             true};
constexpr FlagSpec kState{"state", 0, "STATE", "Only tasks in this state, e.g. error, in_progress", "all", ""};
constexpr FlagSpec kName{"name", 0, "WORKFLOW", "Only tasks of this workflow", "all", ""};
constexpr FlagSpec kNamespace{"namespace", 0, "NAMESPACE", "Only tasks of this namespace", "all", ""};
constexpr FlagSpec kErrorClass{"error-class", 0, "CLASS", "Only tasks with a step that failed with this Ruby class",
                               "all",         ""};
constexpr FlagSpec kRunId{"run-id", 0, "ID", "Only tasks of this run", "all", ""};
constexpr FlagSpec kSince{"since", 0, "TIME", "Only tasks since then: 2026-01-31, 2026-01-31T12:00:00Z, or 2h (ago)",
                          "ever",  ""};
constexpr FlagSpec kUntil{"until", 0, "TIME", "Only tasks before then", "now", ""};
constexpr FlagSpec kLimit{"limit", 0, "N", "At most so many; 0: all", "50", ""};
constexpr FlagSpec kStepFlag{"step", 0, "STEP", "Only this step", "all", ""};
constexpr FlagSpec kLogLimit{"limit", 0, "N", "The last so many lines; 0: all", "1000", ""};
constexpr FlagSpec kAll{"all", 0, "", "Every task that nobody runs any more", "", ""};
constexpr FlagSpec kFromStep{"step",        0, "STEP", "This step, and what follows from it, even when it is complete",
                             "what failed", ""};
constexpr FlagSpec kNewInput{"input", 'i', "JSON|@FILE|-", "Another context for what runs again", "the task's own", ""};
constexpr FlagSpec kLatest{"latest", 0, "", "The template's file as it is now, not as it was stored", "", ""};
constexpr FlagSpec kDryRun{"dry-run", 0, "", "Say what would be done, change nothing", "", ""};
constexpr FlagSpec kNoRun{"no-run", 0, "", "Change the task only; \"tasker task resume\" runs it", "", ""};
constexpr FlagSpec kResults{"results", 0, "JSON|@FILE|-", "What the step's dependants see", "null", ""};
constexpr FlagSpec kOlderThan{"older-than", 0, "DURATION", "Tasks that ended before that: 30d, 12h", "30d", ""};

std::vector<FlagSpec> with_runtime_flags(std::vector<FlagSpec> flags) {
  for (const FlagSpec& flag : {kHandlers, kWorkers, preload_flag(), store_flag(), durability_flag(),
                               store_patience_flag(), kOutput, kQuiet, kNoColor}) {
    flags.push_back(flag);
  }
  for (const FlagSpec& flag : growth_flags()) flags.push_back(flag);
  return flags;
}
std::vector<FlagSpec> with_reading_flags(std::vector<FlagSpec> flags) {
  for (const FlagSpec& flag : {store_flag(), kOutput, kQuiet, kNoColor}) flags.push_back(flag);
  return flags;
}

}  // namespace

FlagSpec store_flag() {
  return {"store",
          0,
          "URL",
          "Where tasks are kept: sqlite:PATH, or memory: which ends with the process",
          "sqlite:.tasker/tasker.db",
          "TASKER_STORE"};
}
FlagSpec preload_flag() {
  return {"preload",       0, "", "One parent loads everything and forks the workers, which share its memory", "",
          "TASKER_PRELOAD"};
}
std::vector<FlagSpec> growth_flags() {
  return {
      {"max-branches", 0, "N", "Steps that one decision may choose", "1000", "TASKER_MAX_BRANCHES"},
      {"max-batches", 0, "N", "Batches that one step may cut", "100000", "TASKER_MAX_BATCHES"},
      {"max-task-steps", 0, "N", "Steps of a task, all told", "1000000", "TASKER_MAX_TASK_STEPS"},
      {"max-task-edges", 0, "N", "Dependencies of the steps that one result creates", "4000000",
       "TASKER_MAX_TASK_EDGES"},
  };
}
FlagSpec durability_flag() {
  return {"durability",  0,
          "full|normal", "full: what is reported survives a power loss; normal: the end of the process",
          "full",        "TASKER_DURABILITY"};
}
FlagSpec store_patience_flag() {
  return {"store-patience",       0, "DURATION", "How long a full disk or a lock is waited out before giving up", "60s",
          "TASKER_STORE_PATIENCE"};
}

std::vector<CommandSpec> task_command_specs() {
  return {
      {"task list",
       "ls",
       "List tasks, newest first",
       "",
       {},
       with_reading_flags({kState, kName, kNamespace, kErrorClass, kRunId, kSince, kUntil, kLimit}),
       {"tasker task list --state error", "tasker task list --since 2h -o json | jq -r '.[].task_uuid'"}},
      {"task show",
       "",
       "Show a task: its steps, attempts and errors",
       "",
       {kTask},
       with_reading_flags({}),
       {"tasker task show 3f2a91c4", "tasker task show 3f2a91c4 -o json | jq .steps"}},
      {"task logs",
       "",
       "Show what a task's steps printed and logged",
       "",
       {kTask},
       with_reading_flags({kStepFlag, kLogLimit}),
       {"tasker task logs 3f2a91c4 --step charge"}},
      {"task watch",
       "",
       "Follow a task until it ends, or look at all of them",
       "On a terminal a full-screen view: the task's steps with state, time, attempt and last log line; without a TASK "
       "the list of tasks, to open one. Arrow keys, page up and down scroll, escape goes back, q leaves. Elsewhere, "
       "and "
       "with -o json or jsonl: each change of a step as it becomes durable. The exit code is the task's when it ended "
       "meanwhile, 0 after q.",
       {kMaybeTask},
       with_reading_flags({}),
       {"tasker task watch", "tasker task watch 3f2a91c4"}},
      {"task resume",
       "",
       "Go on with tasks that nobody runs any more",
       "Takes over tasks whose engine was interrupted or died, with the handlers and the template they began with. "
       "What "
       "may have been running when it died is run again and says so in its history; steps with at_most_once wait for a "
       "person instead.",
       {kMaybeTask},
       with_runtime_flags({kAll}),
       {"tasker task resume --all", "tasker task resume 3f2a91c4 -w 4"}},
      {"task retry",
       "",
       "Run what failed once more",
       "Puts the failed and cancelled steps of an ended task back to their start and runs it to its end. With --step: "
       "that step and what follows from it.",
       {kTask},
       with_runtime_flags({kFromStep, kNewInput, kLatest, kDryRun, kNoRun}),
       {"tasker task retry 3f2a91c4 --dry-run", "tasker task retry 3f2a91c4 --step charge -i @fixed.json"}},
      {"task cancel",
       "",
       "Cancel a task",
       "The engine that runs it is told; where none does, the task is marked in the store.",
       {kTask},
       with_reading_flags({}),
       {"tasker task cancel 3f2a91c4"}},
      {"task resolve-step",
       "",
       "Say that a failed step is done",
       "For a step that a person has looked into: it counts as done, its dependants see the results given here.",
       {kTask, kStep},
       with_runtime_flags({kResults, kNoRun}),
       {"tasker task resolve-step 3f2a91c4 charge --results '{\"charge_id\": 7}'"}},
      {"task retry-step",
       "",
       "Run one failed step again, and what follows",
       "For a step that a person has looked into, e.g. one that maybe_executed.",
       {kTask, kStep},
       with_runtime_flags({kDryRun, kNoRun}),
       {"tasker task retry-step 3f2a91c4 charge"}},
      {"task gc",
       "",
       "Remove tasks that ended long ago",
       "",
       {},
       with_reading_flags({kOlderThan, kDryRun}),
       {"tasker task gc --older-than 30d --dry-run"}},
      {"store check", "", "Check the store's file", "", {}, with_reading_flags({}), {"tasker store check"}},
      {"store backup",
       "",
       "Write a consistent copy while engines go on",
       "",
       {{"FILE", "The copy; must not exist"}},
       with_reading_flags({}),
       {"tasker store backup /backups/tasker.db"}},
      {"store stats",
       "",
       "Say what the store holds and weighs",
       "",
       {},
       with_reading_flags({}),
       {"tasker store stats -o json"}},
  };
}

}  // namespace tasker::cli
