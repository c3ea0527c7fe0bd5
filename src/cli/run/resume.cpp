#include "cli/run/resume.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <set>

#include "cli/command_error.hpp"
#include "cli/run/result_object.hpp"
#include "cli/run/run_end.hpp"
#include "cli/run/run_report.hpp"
#include "cli/run/takeover.hpp"
#include "cli/terminal/run_view.hpp"
#include "cli/terminal/task_lines.hpp"
#include "core/dag_executor.hpp"
#include "tasker/runtime.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kTasksAtOnce = 64;

class Queue final : public TaskSource {
 public:
  explicit Queue(std::deque<Adoption> tasks) : tasks_(std::move(tasks)) {}
  Next next() override {
    if (tasks_.empty()) return Over{};
    Adoption first = std::move(tasks_.front());
    tasks_.pop_front();
    return first;
  }

 private:
  std::deque<Adoption> tasks_;
};

/// All tasks of one handler set: their handlers are checked first, so that none is touched in vain.
class SetRun {
 public:
  SetRun(const Console& console, TaskLines& lines) : console_(console), lines_(lines) {}

  ExitCode run(const RuntimeOptions& options, std::deque<Adoption> tasks) {
    const std::size_t count = tasks.size();
    RunView view(console_, RunView::Mode::Logs);
    lines_.write_to(view);
    ExitCode code = ExitCode::Complete;
    with_runtime(options, view, lines_, [&](Runtime& runtime) {
      RunResult result = check(runtime, tasks);
      if (result.end == RunEnd::TaskEnded) {
        Queue queue(std::move(tasks));
        result = runtime.run_all(queue, kTasksAtOnce);
      }
      if (result.end == RunEnd::TaskEnded) return;
      code = exit_code_of(result);
      if (result.end != RunEnd::Interrupted) tell(result, count);
    });
    view.finish();
    return code;
  }

 private:
  static RunResult check(Runtime& runtime, const std::deque<Adoption>& tasks) {
    std::set<const TaskTemplate*> seen;
    for (const Adoption& task : tasks) {
      const TaskTemplate* of = task.record.task.task_template.get();
      if (!seen.insert(of).second) continue;
      RunResult result = runtime.check_handlers(*of);
      if (result.end != RunEnd::TaskEnded) return result;
    }
    return {};
  }

  void tell(const RunResult& result, std::size_t count) const {
    const CommandError error = run_error(result, "the stored template");
    console_.say(error_text(error, console_.err()));
    console_.say(std::to_string(count) + (count == 1 ? " task is" : " tasks are") + " left as before\n");
  }

  const Console& console_;
  TaskLines& lines_;
};

std::map<std::string, std::deque<Adoption>> by_handler_set(std::vector<Adoption> tasks) {
  std::map<std::string, std::deque<Adoption>> groups;
  for (Adoption& task : tasks) {
    const std::string key = handler_set_key(handler_set_of(task.record.task));
    groups[key].push_back(std::move(task));
  }
  return groups;
}

}  // namespace

ExitCode finish_earlier(const TaskRecord& record, const WorkerChoice& workers, const std::string& store_url,
                        const StoreOptions& store_options, const Console& console) {
  const std::string uuid = record.task.uuid.text();
  RunResult result;
  if (is_settled(record.state)) {
    result.record = reported(record);
    RunView view(console, RunView::Mode::Silent);
    return tell_end(result, uuid, console, view);
  }
  if (record.owner) end_survivors({*record.owner}, console);
  RunView view(console, RunView::Mode::Watch);
  with_runtime(runtime_for(handler_set_of(record.task), workers, store_url, store_options), view,
               [&](Runtime& runtime) {
                 result = runtime.resume({record, record.owner.has_value()});
               });
  return tell_end(result, uuid, console, view);
}

ExitCode resume_all(std::vector<Adoption> tasks, const WorkerChoice& workers, const std::string& store_url,
                    const StoreOptions& store_options, const Console& console) {
  std::set<Uuid> dead;
  for (const Adoption& task : tasks) {
    if (task.record.owner) dead.insert(*task.record.owner);
  }
  end_survivors(dead, console);
  TaskLines lines(console);
  ExitCode worst = ExitCode::Complete;
  for (auto& [key, group] : by_handler_set(std::move(tasks))) {
    const RuntimeOptions runtime =
        runtime_for(handler_set_of(group.front().record.task), workers, store_url, store_options);
    const ExitCode code = SetRun(console, lines).run(runtime, std::move(group));
    if (code == ExitCode::HungUp || code == ExitCode::Interrupted || code == ExitCode::Terminated ||
        code == ExitCode::NoReader)
      return code;
    if (worst == ExitCode::Complete) worst = code;
  }
  if (console.is_text()) console.say(lines.summary());
  return worst != ExitCode::Complete ? worst : lines.exit_code();
}

}  // namespace tasker::cli
