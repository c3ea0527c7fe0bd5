#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;

namespace {

std::string steps(const std::string& body) { return "name: t\nsteps:\n" + body; }

}  // namespace

TEST_SUITE("template step types") {
  TEST_CASE("a decision that no step waits for leads nowhere") {
    CHECK(errors(steps("  - {name: route, type: decision, handler: A}\n")) ==
          Lines{"w.yaml:3:5: decision step \"route\" leads nowhere: no step depends on it, so there is none it could "
                "choose"});
  }

  TEST_CASE("a convergence without dependencies has nothing to converge") {
    CHECK(errors(steps("  - {name: end, type: deferred_convergence, handler: A}\n")) ==
          Lines{"w.yaml:3:5: deferred_convergence step \"end\" has no dependencies, so there is nothing to converge"});
  }

  TEST_CASE("a batchable step and its worker need each other") {
    CHECK(
        errors(steps("  - {name: cut, type: batchable, handler: A}\n"
                     "  - {name: work, type: batch_worker, handler: A}\n")) ==
        Lines{
            "w.yaml:3:5: batchable step \"cut\" leads nowhere: no step of type batch_worker depends on it",
            "w.yaml:4:5: batch_worker step \"work\" depends on no step of type batchable, so nothing would create its "
            "batches"});
  }

  TEST_CASE("the worker template must exist and be a batch worker") {
    CHECK(
        errors(steps("  - {name: cut, type: batchable, handler: A, batch_config: {worker_template: wrok}}\n"
                     "  - {name: work, type: batch_worker, handler: A, dependencies: [cut], batch_config: "
                     "{worker_template: cut}}\n")) ==
        Lines{"w.yaml:3:5: batchable step \"cut\" names the unknown step \"wrok\" as batch_config.worker_template; did "
              "you mean \"work\"?",
              "w.yaml:4:5: batch_worker step \"work\" names \"cut\" as batch_config.worker_template, whose type is "
              "batchable, not batch_worker"});
  }

  TEST_CASE("a batch worker belongs to one batchable step, which names a worker of its own") {
    CHECK(
        errors(steps("  - {name: a, type: batchable, handler: A}\n"
                     "  - {name: b, type: batchable, handler: A, batch_config: {worker_template: work}}\n"
                     "  - {name: work, type: batch_worker, dependencies: [a], handler: A}\n"
                     "  - {name: both, type: batch_worker, dependencies: [a, b], handler: A}\n")) ==
        Lines{"w.yaml:4:5: batchable step \"b\" names \"work\" as batch_config.worker_template, which does not depend "
              "on it",
              "w.yaml:6:5: batch_worker step \"both\" depends on two steps of type batchable; give each a batch worker "
              "of its own"});
  }

  TEST_CASE("a batch worker cannot be at_most_once, since checkpoints run it again") {
    CHECK(errors(steps("  - {name: cut, type: batchable, handler: A}\n"
                       "  - {name: work, type: batch_worker, handler: A, dependencies: cut, at_most_once: true}\n")) ==
          Lines{"w.yaml:4:5: batch_worker step \"work\" cannot be at_most_once: a batch worker goes on from its "
                "checkpoints, which runs it again"});
    CHECK(loaded(with_step("    at_most_once: true\n"))->steps[0].at_most_once);
  }

  TEST_CASE("batch_config on another type is told, and an error under strict") {
    const std::string text = with_step("    batch_config: {batch_size: 5}\n");
    const Lines told{"w.yaml:3:5: standard step \"a\" has a batch_config, which has no effect on this type"};
    CHECK(warnings(text) == told);
    LoadOptions strict;
    strict.strict = true;
    CHECK(errors(text, strict) == told);
  }

  TEST_CASE("batch settings have ranges and known strategies") {
    CHECK(errors(steps(
              "  - {name: cut, type: batchable, handler: A}\n"
              "  - name: work\n    type: batch_worker\n    handler: A\n    dependencies: [cut]\n"
              "    batch_config:\n      batch_size: 0\n      parallelism: 1001\n      failure_strategy: isolat\n")) ==
          Lines{"w.yaml:9:19: step \"work\": batch_config.batch_size must be an integer from 1 to 100000, not 0",
                "w.yaml:10:20: step \"work\": batch_config.parallelism must be an integer from 1 to 1000, not 1001",
                "w.yaml:11:25: step \"work\": batch_config.failure_strategy must be continue_on_failure, fail_fast or "
                "isolate, not \"isolat\"; did you mean \"isolate\"?"});
  }

  TEST_CASE("a whole batch workflow is read with its settings") {
    const auto task_template = loaded(R"(
name: inventory
namespace_name: csv
steps:
  - name: analyze
    type: batchable
    handler: {callable: Csv::Analyze, initialization: {rows: 200}}
  - name: work
    type: batch_worker
    dependencies: [analyze]
    lifecycle: {max_steps_in_process_minutes: 120, backoff_multiplier: 2.0}
    handler: {callable: Csv::Work}
    batch_config: {batch_size: 200, parallelism: 5, cursor_field: row, worker_template: work, failure_strategy: fail_fast}
  - name: sum
    type: deferred_convergence
    dependencies: [work]
    handler: {callable: Csv::Sum}
)");
    const auto& list = task_template->steps;
    CHECK(list[0].type == StepType::Batchable);
    CHECK(list[1].type == StepType::BatchWorker);
    CHECK(list[2].type == StepType::DeferredConvergence);
    REQUIRE(list[1].batch.has_value());
    CHECK(list[1].batch->batch_size == 200);
    CHECK(list[1].batch->parallelism == 5);
    CHECK(list[1].batch->cursor_field == "row");
    CHECK(list[1].batch->worker_template == "work");
    CHECK(list[1].batch->failure_strategy == "fail_fast");
    CHECK(list[1].lifecycle.text() == R"({"max_steps_in_process_minutes":120,"backoff_multiplier":2.0})");
    CHECK_FALSE(list[0].batch.has_value());
  }

  TEST_CASE("a decision with its branches and their convergence is read") {
    const auto task_template =
        loaded(steps("  - {name: route, step_type: decision, handler: A}\n"
                     "  - {name: auto, handler: A, dependencies: route}\n"
                     "  - {name: manual, handler: A, dependencies: [route]}\n"
                     "  - {name: end, type: deferred_convergence, handler: A, dependencies: [auto, "
                     "manual]}\n"));
    CHECK(task_template->steps[0].type == StepType::Decision);
    CHECK(task_template->steps[3].dependencies == std::vector<std::uint32_t>{1, 2});
  }
}
