// Tasks whose steps come into being while they run, in an engine that dies at every place where that may be half done:
// the real binary, real Ruby, a store in a file.
#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "store/sqlite_db.hpp"
#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;
using tasker::store::Db;

namespace {

// Sums the numbers 1 to `total` in four batches, ten numbers between two checkpoints.
constexpr const char* kSums = R"(
class Cut
  def process(task, _sequence, _step)
    cursors = (1..task.context[:total]).each_slice(task.context[:total] / 4).map do |numbers|
      { from: numbers.first, to: numbers.last }
    end
    { batch_processing_outcome: { type: "create_batches", cursor_configs: cursors } }
  end
end
class Sum
  include TaskerCore::Helpers

  def process(_task, _sequence, step)
    cursor = step.inputs[:cursor]
    from = step.checkpoint ? step.checkpoint[:cursor] : cursor[:from]
    sum = step.checkpoint ? step.checkpoint[:accumulated_results] : 0
    to = [from + 9, cursor[:to]].min
    sum += (from..to).sum
    return sum if to == cursor[:to]

    checkpoint_yield(cursor: to + 1, items_processed: to, accumulated_results: sum)
  end
end
class Total
  def process(_task, sequence, _step)
    workers = sequence.dependencies
    { workers: workers.size, sum: workers.sum(&:results) }
  end
end
)";
constexpr const char* kChoices = R"(
class Route
  def process(_task, _sequence, _step)
    { decision_point_outcome: { type: "create_steps", step_names: %w[left right] } }
  end
end
class Side
  def process(_task, _sequence, step) = step.name
end
class Join
  def process(_task, sequence, _step) = sequence.dependencies.map(&:results)
end
)";
constexpr const char* kChoiceFlow = R"(
name: choices
steps:
  - {name: route, type: decision, handler: {callable: Route}}
  - {name: left, dependencies: [route], handler: {callable: Side}}
  - {name: right, dependencies: [route], handler: {callable: Side}}
  - {name: unasked, dependencies: [route], handler: {callable: Side}}
  - {name: join, type: deferred_convergence, dependencies: [left, right, unasked], handler: {callable: Join}}
)";
constexpr const char* kSumFlow = R"(
name: sums
steps:
  - {name: cut, type: batchable, handler: {callable: Cut}, batch_config: {parallelism: 2}}
  - {name: sum, type: batch_worker, dependencies: [cut], handler: {callable: Sum}}
  - {name: total, type: deferred_convergence, dependencies: [sum], handler: {callable: Total}}
)";

constexpr const char* kInput = R"({"total":120})";
constexpr const char* kTotal = R"({"workers":4,"sum":7260})";

using Ids = std::map<std::string, std::string>;

/// One run that is killed at a failpoint and then gone on with.
struct CrashRun {
  CrashRun(const WorkFolder& work_folder, const std::string& template_file, const std::string& input)
      : folder(work_folder), command{"run", template_file, "-i", input, "-w", "2", "-o", "jsonl"} {
    std::filesystem::remove_all(folder.path("store"));
    folder.write("store/here", "");
  }

  Finished tasker(const std::vector<std::string>& arguments, const std::string& failpoint = "") const {
    EngineOptions options;
    options.directory = folder.path();
    options.env = {{"TASKER_STORE", "sqlite:" + folder.path("store/tasks.db")}, {"TASKER_FAILPOINT", failpoint}};
    return run_tasker(arguments, options);
  }
  void dies_at(const std::string& failpoint) const { CHECK(tasker(command, failpoint).exit_code == 128 + SIGKILL); }
  /// The names and ids of the steps that exist; a name that stands twice counts as a failure.
  Ids ids() const {
    Ids ids;
    Db db = open();
    auto rows = db.prepare("SELECT name, hex(uuid) FROM steps");
    while (rows.step()) {
      const std::string name = rows.text();
      CHECK_MESSAGE(ids.emplace(name, rows.text()).second, name, " exists twice");
    }
    return ids;
  }
  void goes_on() const {
    const Finished resumed = tasker({"task", "resume", "--all"});
    INFO(resumed.err);
    CHECK(resumed.exit_code == 0);
  }
  void all_is_done_once(std::int64_t steps) const {
    Db db = open();
    CHECK(db.number("SELECT count(*) FROM tasks") == 1);
    CHECK(db.number("SELECT count(*) FROM tasks WHERE state = 'complete'") == 1);
    CHECK(db.number("SELECT count(*) FROM steps WHERE state = 'complete' AND attempts = 1") == steps);
    CHECK(db.number("SELECT count(*) FROM steps") == steps);
    CHECK(db.number("SELECT count(*) FROM step_history WHERE outcome = 'complete'") == steps);
    CHECK(db.number("SELECT count(*) FROM step_history WHERE outcome NOT IN ('complete', 'yielded', 'engine_lost')") ==
          0);
  }
  std::int64_t yields() const { return open().number("SELECT count(*) FROM step_history WHERE outcome = 'yielded'"); }
  json results(const std::string& step) const {
    return json::parse(open().text("SELECT results FROM steps WHERE name = '" + step + "'"));
  }
  Db open() const { return Db::open(folder.path("store/tasks.db"), Db::Mode::ReadWrite); }

  const WorkFolder& folder;
  std::vector<std::string> command;
};

/// What existed when the engine died exists afterwards with the same ids, and what it never got to as well: the ids of
/// created steps follow from the task's id and their names.
void check_kept(const Ids& before, const Ids& after) {
  for (const auto& [name, id] : before) {
    CAPTURE(name);
    CHECK(after.contains(name));
    CHECK(after.at(name) == id);
  }
}

/// Where it dies, and how many steps the store holds then.
struct Death {
  const char* failpoint;
  std::size_t steps;
};

}  // namespace

TEST_SUITE_BEGIN("growth and crashes");

TEST_CASE("an engine that dies around a decision's commit: the same branches, each once") {
  const WorkFolder folder("decision_dies");
  folder.write("handlers/h.rb", kChoices);
  const std::string file = folder.write("choices.yaml", kChoiceFlow);
  for (const Death death : {Death{"answer:1", 1}, Death{"before-commit:2", 1}, Death{"after-commit:2", 4}}) {
    CAPTURE(death.failpoint);
    const CrashRun run(folder, file, "{}");
    run.dies_at(death.failpoint);
    const Ids before = run.ids();
    CHECK(before.size() == death.steps);
    run.goes_on();
    check_kept(before, run.ids());
    run.all_is_done_once(4);
    CHECK(run.results("join") == json::array({"left", "right"}));
  }
}

TEST_CASE("an engine that dies around the commit of a batch's analyzer: the same workers, each once, a right sum") {
  const WorkFolder folder("batch_dies");
  folder.write("handlers/sums.rb", kSums);
  const std::string file = folder.write("sums.yaml", kSumFlow);
  for (const Death death : {Death{"answer:1", 1}, Death{"before-commit:2", 1}, Death{"after-commit:2", 6}}) {
    CAPTURE(death.failpoint);
    const CrashRun run(folder, file, kInput);
    run.dies_at(death.failpoint);
    const Ids before = run.ids();
    CHECK(before.size() == death.steps);
    run.goes_on();
    check_kept(before, run.ids());
    run.all_is_done_once(6);
    CHECK(run.results("total") == json::parse(kTotal));
  }
}

TEST_CASE("an engine that dies between two checkpoints of a batch's workers: they go on from there, a right sum") {
  const WorkFolder folder("checkpoint_dies");
  folder.write("handlers/sums.rb", kSums);
  const std::string file = folder.write("sums.yaml", kSumFlow);
  for (const char* failpoint : {"answer:3", "after-commit:3", "after-commit:5"}) {
    CAPTURE(failpoint);
    const CrashRun run(folder, file, kInput);
    run.dies_at(failpoint);
    const std::int64_t kept = run.yields();
    CHECK((kept > 0 || failpoint == std::string("answer:3")));
    run.goes_on();
    run.all_is_done_once(6);
    CHECK(run.results("total") == json::parse(kTotal));
    // Thirty numbers by tens: a share that was put on disk is not summed again.
    CHECK(run.yields() == 8);
  }
}

TEST_CASE("a decision that a person resolved with a choice creates what it chose") {
  const WorkFolder folder("resolved");
  folder.write("handlers/h.rb", R"(
class Broken
  def process(_task, _sequence, _step) = raise(TaskerCore::Errors::PermanentError, "no idea")
end
class Seen
  def process(_task, sequence, _step) = sequence.dependencies.map(&:name)
end
)");
  CrashRun run(folder, folder.write("flow.yaml", R"(
name: flow
steps:
  - {name: route, type: decision, handler: {callable: Broken}}
  - {name: left, dependencies: [route], handler: {callable: Seen}}
  - {name: right, dependencies: [route], handler: {callable: Seen}}
  - {name: join, type: deferred_convergence, dependencies: [left, right], handler: {callable: Seen}}
)"),
               "{}");
  CHECK(run.tasker(run.command).exit_code == 1);
  const std::string task = json::parse(run.tasker({"task", "list", "-o", "json"}).out).at(0).at("task_uuid");
  const auto resolve = [&](const std::string& names, const std::string& limit) {
    return run.tasker({"task", "resolve-step", task, "route", "--max-branches", limit, "--results",
                       R"({"decision_point_outcome":{"type":"create_steps","step_names":[)" + names + "]}}"});
  };
  const Finished too_many = resolve(R"("left","right")", "1");
  CHECK(too_many.exit_code == 1);
  CHECK(too_many.err.find("1 at most") != std::string::npos);
  const Finished unknown = resolve(R"("middle")", "1");
  CHECK(unknown.exit_code == 1);
  CHECK(unknown.err.find("\"middle\"") != std::string::npos);
  const Finished resolved = resolve(R"("right")", "1");
  INFO(resolved.err);
  CHECK(resolved.exit_code == 0);
  CHECK(run.ids().size() == 3);
  CHECK(run.results("join") == json::array({"right"}));
}

TEST_SUITE_END();
