#include "support/invariants.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace tasker::test {

namespace {

using nlohmann::json;

/// Ends of a dispatch that leave the attempt to be made.
bool gives_back(const std::string& outcome) {
  return outcome == "yielded" || outcome == "interrupted" || outcome == "engine_lost";
}

class Check {
 public:
  explicit Check(const Evidence& evidence) : evidence_(evidence) {
    for (const JournalEntry& entry : evidence.journal) {
      if (entry.kind == JournalEntry::Kind::Begin) runs_[entry.step].push_back(&entry);
    }
  }

  std::vector<std::string> all() {
    if (evidence_.told) check_rows(*evidence_.told);
    if (evidence_.stored) check_rows(*evidence_.stored);
    if (evidence_.told && evidence_.stored) check_same(*evidence_.told, *evidence_.stored);
    check_one_at_a_time();
    check_workers();
    check_looks();
    for (const std::string& line : evidence_.signals) {
      if (!line.starts_with("own ")) say("I8", "a signal to a number that need not be ours: " + line);
    }
    for (const LeftProcess& process : evidence_.left) {
      say("I9", "process " + std::to_string(process.pid) + " is left: " + process.command);
    }
    return std::move(said_);
  }

 private:
  void say(const std::string& invariant, const std::string& sentence) { said_.push_back(invariant + ": " + sentence); }

  // --- what is recorded ---

  void check_rows(const TaskRows& task) {
    for (const StepRows& step : task.steps) {
      check_history(step);
      check_result(step);
      check_against_journal(task, step);
    }
  }

  void check_history(const StepRows& step) {
    int consumed = 0;
    std::int64_t last = 0;
    for (const HistoryRow& row : step.history) {
      const std::string which = "dispatch " + std::to_string(row.dispatch) + " of " + step.name;
      if (row.dispatch <= last) say("I1", which + " has two records or stands after a later one");
      last = row.dispatch;
      if (row.outcome.empty()) say("I1", which + " has a record without an outcome");
      if (row.attempt != consumed + 1)
        say("I1", which + " is recorded as attempt " + std::to_string(row.attempt) + " after " +
                      std::to_string(consumed) + " that were consumed");
      if (!gives_back(row.outcome)) ++consumed;
    }
    if (consumed != step.attempts)
      say("I1", step.name + " counts " + std::to_string(step.attempts) + " attempts and has records of " +
                    std::to_string(consumed));
  }

  void check_result(const StepRows& step) {
    const auto complete = std::count_if(step.history.begin(), step.history.end(),
                                        [](const HistoryRow& row) { return row.outcome == "complete"; });
    if (step.state != "complete") {
      if (complete > 0) say("I2", step.name + " has a complete attempt and is " + step.state);
      return;
    }
    if (complete != 1 || step.history.back().outcome != "complete")
      return say("I2", step.name + " is complete by other than its last attempt");
    const json results = json::parse(step.results);
    if (!results.is_object() || !results.contains("attempt") || !results.contains("pid")) return;
    const HistoryRow& row = step.history.back();
    if (results["attempt"] != row.attempt || results["pid"] != row.worker_pid)
      say("I2", "the result of " + step.name + " comes from another attempt: " + step.results);
  }

  void check_same(const TaskRows& told, const TaskRows& stored) {
    if (told.state != stored.state) say("I2", "told " + told.state + " and stored " + stored.state);
    if (told.steps.size() != stored.steps.size()) return say("I2", "told and stored differ in their steps");
    for (std::size_t i = 0; i < told.steps.size(); ++i) {
      const StepRows &a = told.steps[i], &b = stored.steps[i];
      if (a.state != b.state || a.attempts != b.attempts || a.history.size() != b.history.size() ||
          json::parse(a.results) != json::parse(b.results))
        say("I2", "told and stored differ in " + a.name);
    }
  }

  // --- what really ran ---

  /// Nothing ran without a record, and nothing is recorded that can't have run.
  void check_against_journal(const TaskRows& task, const StepRows& step) {
    std::map<int, int> ran, recorded;
    int lost_with_the_engine = 0;
    std::string key;
    const auto& runs = runs_[step.name];
    for (const JournalEntry* entry : runs) {
      ++ran[entry->pid];
      if (!key.empty() && entry->key != key) say("I3", step.name + " ran with two idempotency keys");
      key = entry->key;
      check_parents(task, *entry);
    }
    for (const HistoryRow& row : step.history) {
      const bool by_successor = row.outcome == "maybe_executed" && row.worker_pid == 0;
      row.outcome == "engine_lost" || by_successor ? ++lost_with_the_engine : ++recorded[row.worker_pid];
    }
    for (const auto& [pid, times] : ran) lost_with_the_engine -= std::max(0, times - recorded[pid]);
    if (lost_with_the_engine < 0 && !still_open(step))
      say("I6", step.name + " ran " + std::to_string(-lost_with_the_engine) + " times without a record");
    for (const HistoryRow& row : step.history) {
      if (row.outcome == "complete" && row.worker_pid > 0 && !runs.empty() && ran[row.worker_pid] == 0)
        say("I6", step.name + " is complete by worker " + std::to_string(row.worker_pid) + ", where it never ran");
    }
  }

  /// The engine was killed in its middle and nobody has resumed it yet.
  bool still_open(const StepRows& step) const {
    return evidence_.engine_killed && (step.state == "pending" || step.state == "in_progress");
  }

  void check_parents(const TaskRows& task, const JournalEntry& entry) {
    for (const auto& [parent, results] : entry.saw) {
      const auto found =
          std::find_if(task.steps.begin(), task.steps.end(), [&](const StepRows& step) { return step.name == parent; });
      if (found == task.steps.end()) continue;
      if (found->state != "complete" || json::parse(found->results) != json::parse(results))
        say("I2", entry.step + " saw a result of " + parent + " that is not the committed one: " + results);
    }
  }

  void check_one_at_a_time() {
    for (const JournalEntry& entry : evidence_.journal) {
      for (const int pid : entry.alive)
        say("I3", "attempt " + std::to_string(entry.attempt) + " of " + entry.step + " began while process " +
                      std::to_string(pid) + " of an earlier one was still there");
    }
  }

  // --- processes ---

  void check_workers() {
    for (const WorkerLife& worker : evidence_.workers) {
      const std::string which = "worker " + std::to_string(worker.pid);
      if (!worker.exited && !evidence_.engine_killed) say("I4", "the end of " + which + " was never told");
      if (worker.exited && worker.how.empty()) say("I4", "the end of " + which + " is not explained");
    }
  }

  void check_looks() {
    for (const EngineLook& look : evidence_.looks) {
      if (look.zombies > 0) say("I4", std::to_string(look.zombies) + " ended processes were not reaped");
      for (const std::string& pipe : look.blocking) say("I5", "the loop could block on " + pipe);
      if (look.pipes != pipes_wanted(look) || look.pidfds != look.workers)
        say("I10", std::to_string(look.workers) + " workers are held by " + std::to_string(look.pipes) + " pipes and " +
                       std::to_string(look.pidfds) + " pidfds");
      if (look.others > evidence_.looks.front().others)
        say("I10", "descriptors beside the workers' grew from " + std::to_string(evidence_.looks.front().others) +
                       " to " + std::to_string(look.others));
    }
  }

  const Evidence& evidence_;
  std::map<std::string, std::vector<const JournalEntry*>> runs_;  ///< by step
  std::vector<std::string> said_;
};

std::string text_or_empty(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int number_or_zero(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<int>() : 0;
}

StepRows step_rows(const json& object) {
  StepRows step{text_or_empty(object, "name"),
                text_or_empty(object, "state"),
                number_or_zero(object, "attempts"),
                object.at("results").dump(-1, ' ', false, json::error_handler_t::replace),
                "",
                {}};
  if (object.at("error").is_object()) step.error_kind = text_or_empty(object["error"], "kind");
  for (const json& row : object.at("history")) {
    step.history.push_back({row.at("dispatch").get<std::int64_t>(), row.at("attempt").get<int>(),
                            text_or_empty(row, "outcome"), number_or_zero(row, "worker_pid"),
                            row.value("late", false)});
  }
  return step;
}

}  // namespace

std::vector<std::string> violations(const Evidence& evidence) { return Check(evidence).all(); }

TaskRows task_rows(const json& result_object) {
  TaskRows task{text_or_empty(result_object, "state"), {}};
  for (const json& step : result_object.at("steps")) task.steps.push_back(step_rows(step));
  return task;
}

JournalEntry journal_entry(const json& line) {
  JournalEntry entry;
  const std::string kind = text_or_empty(line, "kind");
  if (kind == "begin") entry.kind = JournalEntry::Kind::Begin;
  if (kind == "end") entry.kind = JournalEntry::Kind::End;
  entry.step = text_or_empty(line, "step");
  entry.run = number_or_zero(line, "run");
  entry.attempt = number_or_zero(line, "attempt");
  entry.pid = number_or_zero(line, "pid");
  entry.at_us = line.value("at", std::int64_t{0});
  entry.key = text_or_empty(line, "key");
  if (line.contains("alive")) entry.alive = line["alive"].get<std::vector<int>>();
  if (line.contains("saw")) {
    for (const auto& [parent, results] : line["saw"].items()) entry.saw[parent] = results.dump();
  }
  return entry;
}

}  // namespace tasker::test
