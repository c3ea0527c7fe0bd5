#include "cli/run/resume.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cli/command_error.hpp"
#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/run_report.hpp"
#include "cli/run/store_notices.hpp"
#include "cli/run/takeover.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/terminal/task_lines.hpp"
#include "core/dag_executor.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kTasksAtOnce = 64;

/// The tasks of one handler set that no living engine has.
struct Abandoned {
  std::optional<std::int64_t> handler_set;
  std::vector<store::UnfinishedTasks> groups;  ///< by dead owner
  std::int64_t count = 0;
};

/// Reads them page by page.
class AbandonedTasks final : public TaskSource {
 public:
  AbandonedTasks(store::StoreReader& reader, const Abandoned& abandoned)
      : reader_(reader), handler_set_(abandoned.handler_set) {
    for (const auto& group : abandoned.groups) owners_.insert(group.owner);
  }

  Next next() override {
    if (first_) return *std::exchange(first_, std::nullopt);
    while (true) {
      if (page_.empty() && !read_page()) return Over{};
      const auto [id, owner] = page_.front();
      page_.pop_front();
      if (!owners_.contains(owner)) continue;
      auto record = reader_.load(id);
      // Somebody else may have been quicker.
      if (record && !is_settled(record->state) && record->owner == owner) {
        return Adoption{*std::move(record), owner.has_value()};
      }
    }
  }

  /// The task that `next` will give first; none: there is none.
  const TaskRecord* peek() {
    if (!first_) {
      auto next = this->next();
      if (auto* adoption = std::get_if<Adoption>(&next)) first_ = std::move(*adoption);
    }
    return first_ ? &first_->record : nullptr;
  }

 private:
  static constexpr std::int64_t kPage = 4096;

  bool read_page() {
    const auto tasks = reader_.unfinished_of_set(handler_set_, last_, kPage);
    if (tasks.empty()) return false;
    last_ = tasks.back().first;
    page_.assign(tasks.begin(), tasks.end());
    return true;
  }

  store::StoreReader& reader_;
  const std::optional<std::int64_t> handler_set_;
  std::set<std::optional<Uuid>> owners_;  ///< that are nobody, or dead
  std::deque<std::pair<TaskId, std::optional<Uuid>>> page_;
  TaskId last_ = 0;
  std::optional<Adoption> first_;
};

/// All tasks of one handler set: their handlers are checked first, so that none is touched in vain.
class SetRun {
 public:
  SetRun(store::StoreReader& reader, const Console& console, TaskLines& lines)
      : reader_(reader), console_(console), lines_(lines) {}

  ExitCode run(const RuntimeOptions& options, const Abandoned& abandoned, AbandonedTasks& tasks) {
    RunView view(console_, RunView::Mode::Logs);
    lines_.write_to(view);
    ExitCode code = ExitCode::Complete;
    with_runtime(options, view, lines_, [&](Runtime& runtime) {
      RunResult result = check(runtime, abandoned);
      if (result.end == RunEnd::TaskEnded) result = runtime.run_all(tasks, kTasksAtOnce);
      if (result.end == RunEnd::TaskEnded) return;
      code = exit_code_of(result);
      if (result.end != RunEnd::Interrupted) tell(result, abandoned.count);
    });
    view.finish();
    return code;
  }

 private:
  RunResult check(Runtime& runtime, const Abandoned& abandoned) {
    std::set<SharedTemplate> seen;
    for (const auto& group : abandoned.groups) {
      for (const SharedTemplate& of : reader_.unfinished_templates(group)) {
        if (!seen.insert(of).second) continue;
        RunResult result = runtime.check_handlers(*of);
        if (result.end != RunEnd::TaskEnded) return result;
      }
    }
    return {};
  }

  void tell(const RunResult& result, std::int64_t count) const {
    const CommandError error = run_error(result, "the stored template");
    console_.say(error_text(error, console_.err()));
    console_.say(std::to_string(count) + (count == 1 ? " task is" : " tasks are") + " left as before\n");
  }

  store::StoreReader& reader_;
  const Console& console_;
  TaskLines& lines_;
};

std::vector<Abandoned> abandoned_tasks(store::StoreReader& reader) {
  std::vector<Abandoned> sets;
  for (store::UnfinishedTasks& group : reader.unfinished()) {
    if (group.owner && reader.is_alive(*group.owner)) continue;
    const auto same = [&](const Abandoned& set) { return set.handler_set == group.handler_set; };
    auto set = std::find_if(sets.begin(), sets.end(), same);
    if (set == sets.end()) set = sets.insert(sets.end(), {group.handler_set, {}, 0});
    set->count += group.count;
    set->groups.push_back(group);
  }
  return sets;
}

}  // namespace

ExitCode finish_earlier(const TaskRecord& record, const WorkerChoice& workers, const std::string& store_url,
                        const StoreOptions& store_options, const Console& console) {
  const std::string uuid = record.task.uuid.text();
  RunResult result;
  if (is_settled(record.state)) {
    result.record = reported(record);
    RunView view(console, RunView::Mode::Silent);
    return tell_end(result, uuid, store_url, console, view);
  }
  if (record.owner) end_survivors({*record.owner}, console);
  RunView view(console, RunView::Mode::Watch);
  with_runtime(runtime_for(handler_set_of(record.task), workers, store_url, store_options), view,
               [&](Runtime& runtime) {
                 result = runtime.resume({record, record.owner.has_value()});
               });
  return tell_end(result, uuid, store_url, console, view);
}

ExitCode resume_all(store::StoreReader& reader, const WorkerChoice& workers, const StoreOptions& store_options,
                    const Console& console) {
  const std::vector<Abandoned> sets = abandoned_tasks(reader);
  std::set<Uuid> dead;
  for (const Abandoned& set : sets) {
    for (const auto& group : set.groups) {
      if (group.owner) dead.insert(*group.owner);
    }
  }
  end_survivors(dead, console);
  TaskLines lines(console);
  ExitCode worst = ExitCode::Complete;
  for (const Abandoned& set : sets) {
    AbandonedTasks tasks(reader, set);
    const TaskRecord* first = tasks.peek();
    if (!first) continue;
    const RuntimeOptions runtime =
        runtime_for(handler_set_of(first->task), workers, "sqlite:" + reader.path(), store_options);
    const ExitCode code = SetRun(reader, console, lines).run(runtime, set, tasks);
    if (code == ExitCode::HungUp || code == ExitCode::Interrupted || code == ExitCode::Terminated ||
        code == ExitCode::NoReader)
      return code;
    if (worst == ExitCode::Complete) worst = code;
  }
  if (console.is_text()) console.say(lines.summary());
  warn_of_large_log("sqlite:" + reader.path(), console);
  return worst != ExitCode::Complete ? worst : lines.exit_code();
}

}  // namespace tasker::cli
