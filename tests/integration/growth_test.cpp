// Steps that come into being while a task runs, and checkpoints: the real binary and real Ruby.
#include <nlohmann/json.hpp>

#include "support/engine_process.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

struct Run {
  int exit_code;
  json result;

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const json& step : result.at("steps")) names.push_back(step.at("name"));
    return names;
  }
  const json& step(const std::string& name) const {
    for (const json& step : result.at("steps")) {
      if (step.at("name") == name) return step;
    }
    FAIL("no step ", name);
    return result;
  }
  const json& results(const std::string& name) const { return step(name).at("results"); }
  std::vector<std::string> outcomes(const std::string& name) const {
    std::vector<std::string> outcomes;
    for (const json& attempt : step(name).at("history")) outcomes.push_back(attempt.at("outcome"));
    return outcomes;
  }
};

Run run_in(const WorkFolder& folder, const std::string& input = "{}") {
  const Finished run = run_tasker({"run", folder.path("flow.yaml"), "-i", input, "-w", "2", "-o", "json"});
  CAPTURE(run.err);
  REQUIRE(json::accept(run.out));
  return {run.exit_code, json::parse(run.out)};
}

using Names = std::vector<std::string>;

// Chooses what the task's context says.
constexpr const char* kChoices = R"(
class Choose
  def process(task, _sequence, _step)
    { note: 7, decision_point_outcome: { type: "create_steps", step_names: task.context[:choice] } }
  end
end
class Seen
  def process(_task, sequence, _step)
    sequence.dependencies.map(&:name)
  end
end
)";
constexpr const char* kChoiceFlow = R"(
name: flow
steps:
  - {name: route, type: decision, handler: {callable: Choose}}
  - {name: left, dependencies: [route], handler: {callable: Seen}}
  - {name: right, dependencies: [route], handler: {callable: Seen}}
  - {name: behind, dependencies: [right], handler: {callable: Seen}}
  - {name: join, type: deferred_convergence, dependencies: [left, behind], handler: {callable: Seen}}
)";

// Sums the numbers 1 to `total`, in batches of `share`.
constexpr const char* kSums = R"(
class Cut
  def process(task, _sequence, _step)
    cursors = (1..task.context[:total]).each_slice(task.context[:share]).with_index(1).map do |numbers, id|
      { batch_id: id, from: numbers.first, to: numbers.last }
    end
    { batch_processing_outcome: { type: cursors.empty? ? "no_batches" : "create_batches", cursor_configs: cursors } }
  end
end
class Sum
  def process(_task, _sequence, step)
    cursor = step.inputs[:cursor]
    (cursor[:from]..cursor[:to]).sum
  end
end
# Ten numbers between two checkpoints; the marker file says that this worker has been killed once.
class SumByTens
  include TaskerCore::Helpers

  def process(task, _sequence, step)
    cursor = step.inputs[:cursor]
    from = step.checkpoint ? step.checkpoint[:cursor] : cursor[:from]
    sum = step.checkpoint ? step.checkpoint[:accumulated_results] : 0
    to = [from + 9, cursor[:to]].min
    sum += (from..to).sum
    die_once(task.context[:die_at], task.context[:marker]) if from == task.context[:die_at]
    return sum if to == cursor[:to]

    checkpoint_yield(cursor: to + 1, items_processed: to, accumulated_results: sum)
  end

  def die_once(_at, marker)
    return if File.exist?(marker)

    File.write(marker, "")
    Process.kill(:KILL, Process.pid)
    sleep
  end
end
class Total
  def process(_task, sequence, _step)
    workers = sequence.dependencies.reject { |step| step.name == "cut" }
    { workers: workers.size, sum: workers.sum(&:results) }
  end
end
)";
std::string sum_flow(const std::string& worker) {
  return "name: flow\nsteps:\n"
         "  - {name: cut, type: batchable, handler: {callable: Cut}}\n"
         "  - {name: sum, type: batch_worker, dependencies: [cut], handler: {callable: " +
         worker +
         "}, retry: {max_attempts: 2, backoff: none}}\n"
         "  - {name: total, type: deferred_convergence, dependencies: [sum], handler: {callable: Total}}\n";
}

}  // namespace

TEST_SUITE_BEGIN("growth");

TEST_CASE("a decision that names an unknown step fails with the nearest name, and nothing else runs") {
  const WorkFolder folder("growth");
  folder.write("handlers/choices.rb", kChoices);
  folder.write("flow.yaml", kChoiceFlow);
  const Run run = run_in(folder, R"({"choice":["lift"]})");
  CHECK(run.exit_code == 1);
  CHECK(run.names() == Names{"route"});
  const json& error = run.step("route")["error"];
  CHECK(error["message"] == "decision step \"route\" chooses the unknown step \"lift\"; did you mean \"left\"?");
  CHECK(error["error_code"] == "invalid_decision_outcome");
  CHECK(run.step("route")["attempts"] == 1);
}

TEST_CASE("a decision brings the steps it names, what follows them, and the convergence") {
  const WorkFolder folder("growth");
  folder.write("handlers/choices.rb", kChoices);
  folder.write("flow.yaml", kChoiceFlow);
  const Run right = run_in(folder, R"({"choice":["right"]})");
  CHECK(right.exit_code == 0);
  CHECK(right.names() == Names{"route", "right", "behind", "join"});
  CHECK(right.results("join") == json::array({"behind"}));
  const Run both = run_in(folder, R"({"choice":["right","left"]})");
  CHECK(both.results("join") == json::array({"left", "behind"}));
}

TEST_CASE("a thousand batches run once each and add up") {
  const WorkFolder folder("growth");
  folder.write("handlers/sums.rb", kSums);
  folder.write("flow.yaml", sum_flow("Sum"));
  const Run run = run_in(folder, R"({"total":10000,"share":10})");
  CHECK(run.exit_code == 0);
  CHECK(run.result["steps"].size() == 1002);
  CHECK(run.results("total") == json::parse(R"({"workers":1000,"sum":50005000})"));
  CHECK(run.results("sum_1000") == 99955);
}

TEST_CASE("no batches: no worker exists, and the convergence runs") {
  const WorkFolder folder("growth");
  folder.write("handlers/sums.rb", kSums);
  folder.write("flow.yaml", sum_flow("Sum"));
  const Run run = run_in(folder, R"({"total":0,"share":10})");
  CHECK(run.exit_code == 0);
  CHECK(run.names() == Names{"cut", "total"});
  CHECK(run.results("total") == json::parse(R"({"workers":0,"sum":0})"));
}

TEST_CASE("checkpoints consume no attempt") {
  const WorkFolder folder("growth");
  folder.write("handlers/sums.rb", kSums);
  folder.write("flow.yaml", sum_flow("SumByTens"));
  const Run run = run_in(folder, R"({"total":100,"share":50})");
  CHECK(run.exit_code == 0);
  CHECK(run.results("total") == json::parse(R"({"workers":2,"sum":5050})"));
  CHECK(run.step("sum_1")["attempts"] == 1);
  CHECK(run.outcomes("sum_1") == Names{"yielded", "yielded", "yielded", "yielded", "complete"});
}

TEST_CASE("a worker killed between two checkpoints goes on from the last one: the sum is right") {
  const WorkFolder folder("growth");
  folder.write("handlers/sums.rb", kSums);
  folder.write("flow.yaml", sum_flow("SumByTens"));
  const json input = {{"total", 100}, {"share", 50}, {"die_at", 31}, {"marker", folder.path("killed")}};
  const Run run = run_in(folder, input.dump());
  CHECK(run.exit_code == 0);
  CHECK(run.results("total") == json::parse(R"({"workers":2,"sum":5050})"));
  CHECK(run.step("sum_1")["attempts"] == 2);
  CHECK(run.outcomes("sum_1") == Names{"yielded", "yielded", "yielded", "worker_lost", "yielded", "complete"});
  CHECK(run.step("sum_2")["attempts"] == 1);
}

TEST_CASE("a step with max_attempts 0 runs once, and a checkpoint that stands still ends it") {
  const WorkFolder folder("growth");
  folder.write("handlers/stuck.rb", R"(
class Stuck
  include TaskerCore::Helpers
  def process(_task, _sequence, _step)
    checkpoint_yield(cursor: 1, items_processed: 1)
  end
end
)");
  folder.write("flow.yaml",
               "name: flow\nsteps:\n  - {name: stuck, handler: {callable: Stuck}, retry: {max_attempts: 0}}\n");
  const Run run = run_in(folder);
  CHECK(run.exit_code == 1);
  CHECK(run.outcomes("stuck") == Names{"yielded", "permanent_error"});
  CHECK(run.step("stuck")["error"]["error_code"] == "invalid_checkpoint");
}

TEST_CASE("a decision that chooses more steps than --max-branches is refused with the limit") {
  const WorkFolder folder("growth_limits");
  folder.write("handlers/choose.rb", kChoices);
  folder.write("flow.yaml", kChoiceFlow);
  const Finished run = run_tasker({"run", folder.path("flow.yaml"), "-i", R"({"choice":["a","b"]})", "-o", "json",
                                   "--max-branches", "1", "--store", "memory:"});
  CHECK(run.exit_code == 1);
  CHECK(run.out.find("1 at most") != std::string::npos);
}

TEST_CASE("a convergence behind results that are too large together is refused with the biggest one") {
  const WorkFolder folder("growth_too_large");
  folder.write("handlers/large.rb",
               "class Large\n  def process(*, step) = 'x' * (step.name == 'b' ? 4_600_000 : 4_000_000)\nend\n");
  folder.write(
      "flow.yaml",
      "name: flow\nsteps:\n  - {name: a, handler: {callable: Large}}\n  - {name: b, handler: {callable: Large}}\n"
      "  - {name: both, handler: {callable: Large}, dependencies: [a, b]}\n");
  const Run run = run_in(folder);
  CHECK(run.exit_code == 1);
  const json& error = run.step("both").at("error");
  CHECK(error.at("kind") == "result_too_large");
  CHECK(error.at("message").get<std::string>().find(
            "with the results of 2 ancestors (the biggest one, of \"b\", has 4600002)") != std::string::npos);
}

TEST_SUITE_END();
