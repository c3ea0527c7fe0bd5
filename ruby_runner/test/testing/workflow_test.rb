# frozen_string_literal: true

require_relative "../test_helper"
require "tasker_core/testing"

# Whole workflows in one process, in virtual time.
class WorkflowTest < Minitest::Test
  class Echo
    def process(task, sequence, step)
      { step: step.name, given: task.context[:n], from: sequence.keys.to_h { |name| [name, sequence.get_results(name)] } }
    end
  end

  class Fails
    def process(*) = raise("always")
  end

  class FailsForGood
    def process(*) = raise(TaskerCore::PermanentError.new("never again", error_code: "NO"))
  end

  class Route < TaskerCore::StepHandler::Decision
    def call(context)
      names = context.get_input(:take)
      names.empty? ? decision_no_branches : decision_success(steps: names)
    end
  end

  class Cut < TaskerCore::StepHandler::Batchable
    def call(context)
      total = context.get_input(:total)
      return no_batches_outcome(reason: "nothing") if total.zero?

      create_batches_outcome(worker_template_name: "work", total_items: total, cursor_configs: create_cursor_configs(total, 3))
    end
  end

  class Work < TaskerCore::StepHandler::Batchable
    def call(context)
      batch = get_batch_context(context)
      raise TaskerCore::PermanentError, "bad batch" if context.get_input(:bad) == batch.batch_id

      first = batch.checkpoint_cursor || batch.start_cursor
      sum = (batch.accumulated_results || {})["sum"].to_i + first
      return batch_worker_success(items_processed: 1, items_succeeded: 1, results: { sum: sum }) if first + 1 >= batch.end_cursor

      checkpoint_yield(cursor: first + 1, items_processed: first, accumulated_results: { sum: sum })
    end
  end

  class Total < TaskerCore::StepHandler::Batchable
    def call(context)
      scenario = detect_aggregation_scenario(context.dependency_results, "cut", "work_")
      aggregate_batch_worker_results(scenario, zero_metrics: { sum: 0 }) do |results|
        { sum: results.values.compact.sum { |result| result["results"]["sum"] } }
      end
    end
  end

  def test_steps_see_what_their_ancestors_returned
    run = workflow([step("a"), step("b", on: ["a"]), step("c", on: ["b"])], { n: 1 })
    assert_predicate run, :complete?
    assert_equal %w[a b], run.results("c")["from"].keys
    assert_equal({ "step" => "a", "given" => 1, "from" => {} }, run.results(:a))
    assert_equal %w[a b c], run.order
    assert_equal [1, 0.0], [run.attempts("a"), run.elapsed]
  end

  def test_steps_stand_in_any_order_in_the_file
    assert_equal %w[b a], workflow([step("a", on: ["b"]), step("b")]).order
  end

  def test_an_hours_wait_takes_no_time
    run = workflow([step("a", Fails, retry: { max_attempts: 4, backoff_base_ms: 3_600_000, max_backoff_ms: 86_400_000 })])
    assert_equal ["error", 4, 3600.0 * 7], [run.state, run.attempts("a"), run.elapsed]
    assert_equal %w[handler_error] * 4, run["a"].history.map(&:outcome)
    assert_equal "always", run["a"].error["message"]
  end

  def test_waits_by_every_backoff
    { "none" => [0.0, 0.0, 0.0], "constant" => [1.0, 1.0, 1.0], "linear" => [1.0, 2.0, 3.0], "exponential" => [1.0, 2.0, 4.0],
      "fibonacci" => [1.0, 1.0, 2.0] }.each do |backoff, waits|
      run = workflow([step("a", Fails, retry: { max_attempts: 4, backoff: backoff })])
      assert_equal waits, delays(run), backoff
    end
    assert_equal [1.0, 1.5, 1.5], delays(workflow([step("a", Fails, retry: { max_attempts: 4, max_backoff_ms: 1500 })]))
    late = TaskerCore::Testing.run_workflow(template([step("a", Fails, retry: { max_attempts: 2, jitter: 0.5 })]), {}, random: -> { 0.0 })
    assert_equal [0.5], delays(late)
  end

  def test_retry_after_sets_the_wait_up_to_the_cap
    error = TaskerCore::Errors::RetryableError.new("busy", retry_after: 7)
    assert_equal [7.0], delays(workflow([step("a")], failures: { a: error }))
    assert_equal [2.0], delays(workflow([step("a", retry: { max_backoff_ms: 2000 })], failures: { a: error }))
  end

  def test_a_step_runs_once_without_attempts_and_without_retry
    [{ max_attempts: 0 }, { retryable: false }, { max_attempts: 0, retryable: false }].each do |policy|
      assert_equal 1, workflow([step("a", Fails, retry: policy)]).attempts("a")
      assert_predicate workflow([step("a", retry: policy)]), :complete?
    end
  end

  def test_a_permanent_failure_stops_what_depends_on_it_and_no_more
    run = workflow([step("a", FailsForGood), step("b", on: ["a"]), step("c", on: ["b"]), step("d")])
    assert_equal({ "a" => "error", "b" => "pending", "c" => "pending", "d" => "complete" }, run.states)
    assert_equal ["error", 1, "permanent_error", "NO"], [run.state, run.attempts("a"), *run["a"].error.values_at("kind", "error_code")]
    assert_equal [["a"], "not started: \"a\" failed"], run["c"].error.values_at("blocked_by", "message")
    assert_raises(TaskerCore::Testing::Outcome::Failed) { run.results("b") }
  end

  def test_stop_new_lets_what_runs_finish_and_cancels_what_waits
    steps = [step("slow"), step("waits", Fails), step("fails", FailsForGood), step("after", on: ["slow"])]
    run = TaskerCore::Testing.run_workflow(template(steps, on_failure: "stop_new"), {}, durations: { slow: 5, fails: 0.5 })
    assert_equal({ "slow" => "complete", "waits" => "cancelled", "fails" => "error", "after" => "pending" }, run.states)
  end

  def test_stubs_stand_for_handlers
    seen = nil
    run = workflow([step("value", "No::Such"), step("block", "No::Such", on: ["value"]), step("class", "No::Such"),
                    step("raises", "No::Such", retry: { max_attempts: 1 })], { n: 2 },
                   stubs: { value: { amount: 5 }, block: ->(context) { seen = context.get_dependency_result("value")[:amount] },
                            "class" => Echo, raises: ArgumentError })
    assert_equal [{ "amount" => 5 }, 5, 2], [run.results("value"), run.results("block"), run.results("class")["given"]]
    assert_equal 5, seen
    assert_equal "ArgumentError", run["raises"].error["class"]
  end

  def test_injected_failures
    run = workflow([step("a", retry: { max_attempts: 6 })],
                   failures: { a: [:timeout, :crash, "boom", nil].map { |each| each == "boom" ? RuntimeError.new("boom") : each } })
    assert_equal %w[timeout worker_lost handler_error complete], run["a"].history.map(&:outcome)
    assert_equal 3, workflow([step("a", retry: { max_attempts: 5 })], failures: { "a" => 2 }).attempts("a")
    killer = workflow([step("a", retry: { max_attempts: 9 })], failures: { a: %i[crash crash crash] })
    assert_equal ["worker_killer", 3], [killer["a"].error["kind"], killer.attempts("a")]
  end

  def test_a_handler_that_takes_too_long_is_stopped_at_its_deadline
    run = TaskerCore::Testing.run_workflow(template([step("a", timeout_seconds: 2, retry: { max_attempts: 1 })]), {}, durations: { a: 3 })
    assert_equal ["error", "timeout", 2.0], [run.state, run["a"].error["kind"], run.elapsed]
  end

  def test_a_task_that_runs_past_its_time_is_stopped
    run = TaskerCore::Testing.run_workflow(template([step("a"), step("b", on: ["a"])], timeout_seconds: 4), {}, durations: { a: 3, b: 3 })
    assert_equal({ "a" => "complete", "b" => "cancelled" }, run.states)
    assert_equal %w[error timeout], [run.state, run.error["kind"]]
  end

  def test_what_may_have_run_does_not_run_twice
    run = workflow([step("a", at_most_once: true)], failures: { a: :crash })
    assert_equal ["blocked_by_failures", "maybe_executed", 1], [run.state, run["a"].error["kind"], run.attempts("a")]
    asks = TaskerCore::Errors::RetryableError.new("again")
    assert_equal 2, workflow([step("a", at_most_once: true)], failures: { a: asks }).attempts("a")
    assert_equal 1, workflow([step("a", at_most_once: true)], failures: { a: RuntimeError.new("x") }).attempts("a")
  end

  DECISION = lambda do |make|
    [make.call("route", Route, type: "decision"), make.call("left", on: ["route"]), make.call("right", on: ["route"]),
     make.call("far", on: ["right"]), make.call("other"), make.call("join", type: "deferred_convergence", on: %w[left far])]
  end

  def test_a_decision_creates_what_it_chose_and_what_follows
    run = workflow(DECISION.call(method(:step)), { take: ["right"] })
    assert_equal %w[far join other right route], run.states.keys.sort
    assert_predicate run, :complete?
    assert_equal %w[route right far], run.results("join")["from"].keys
    both = workflow(DECISION.call(method(:step)), { take: %w[right left] })
    assert_equal %w[far join left other right route], both.states.keys.sort
    assert_operator both.order.index("join"), :>, both.order.index("far")
    assert_nil run["left"]
  end

  def test_a_decision_for_nothing_ends_the_task
    assert_equal({ "route" => "complete", "other" => "complete" }, workflow(DECISION.call(method(:step)), { take: [] }).states)
  end

  def test_a_wrong_decision_is_a_permanent_failure
    { ["nowhere"] => /chooses the unknown step "nowhere"/, ["other"] => /chooses "other", which does not depend on it/,
      ["far"] => /chooses "far", which can't run/ }.each do |names, message|
      run = workflow(DECISION.call(method(:step)), { take: names })
      assert_match message, run["route"].error["message"]
      assert_equal ["invalid_decision_outcome", "permanent_error", 1],
                   [*run["route"].error.values_at("error_code", "kind"), run.attempts("route")]
    end
    assert_match(/returned no decision_point_outcome/, workflow([step("a", type: "decision"), step("b", on: ["a"])])["a"].error["message"])
  end

  def test_decisions_behind_decisions
    steps = [step("one", Route, type: "decision"), step("two", Route, type: "decision", on: ["one"]), step("a", on: ["two"]),
             step("b", on: ["one"]), step("join", type: "deferred_convergence", on: %w[a b])]
    run = workflow(steps, stubs: { one: decided("two", "b"), two: decided("a") })
    assert_equal %w[a b join one two], run.states.keys.sort
    assert_operator run.order.index("join"), :>, run.order.index("a")
    assert_equal %w[b join one], workflow(steps, stubs: { one: decided("b") }).states.keys.sort
  end

  BATCH = lambda do |make, **config|
    [make.call("cut", Cut, type: "batchable"), make.call("work", Work, type: "batch_worker", on: ["cut"], batch_config: config),
     make.call("total", Total, type: "deferred_convergence", on: ["work"])]
  end

  def test_a_batch_has_one_worker_per_cursor_and_checkpoints_cost_no_attempt
    run = workflow(BATCH.call(method(:step)), { total: 7 })
    assert_equal %w[cut total work_001 work_002 work_003], run.states.keys.sort
    assert_equal 21, run.results("total")["sum"]
    assert_equal [1, %w[yielded yielded complete]], [run.attempts("work_001"), run["work_001"].history.map(&:outcome)]
    assert_equal({ "cursor" => 2, "items_processed" => 1, "accumulated_results" => { "sum" => 1 } }, run["work_001"].checkpoint)
  end

  def test_without_batches_there_is_no_worker_and_the_last_step_runs
    run = workflow(BATCH.call(method(:step)), { total: 0 })
    assert_equal({ "cut" => "complete", "total" => "complete" }, run.states)
    assert_equal "no_batches", run.results("total")["scenario"]
  end

  def test_a_crash_goes_on_from_the_last_checkpoint
    run = workflow(BATCH.call(method(:step)), { total: 7 }, failures: { "work_002" => [:crash] })
    assert_equal [21, 2], [run.results("total")["sum"], run.attempts("work_002")]
  end

  def test_a_batchs_failed_worker
    bad = { total: 7, bad: "002" }
    blocked = workflow(BATCH.call(method(:step)), bad)
    assert_equal %w[complete error complete pending], %w[work_001 work_002 work_003 total].map { |name| blocked[name].state }
    alone = workflow(BATCH.call(method(:step), failure_strategy: "isolate"), bad)
    assert_equal [21 - 12, "complete", "error"], [alone.results("total")["sum"], alone["total"].state, alone.state]
    fast = workflow(BATCH.call(method(:step), failure_strategy: "fail_fast", parallelism: 1), bad)
    assert_equal %w[complete error], %w[work_001 work_002].map { |name| fast[name].state }
    refute_equal "complete", fast["work_003"].state
  end

  def test_workers_run_at_most_parallelism_at_once
    run = workflow(BATCH.call(method(:step), parallelism: 2), { total: 3 }, durations: { work: 10 })
    assert_equal 20.0, run.elapsed
  end

  def test_the_same_checkpoint_twice_is_a_permanent_failure
    stuck = ->(_) { TaskerCore::Types::StepHandlerCallResult.checkpoint_yield(cursor: 1, items_processed: 1) }
    run = workflow([step("a")], stubs: { a: stuck })
    assert_match(/yielded the checkpoint it was given/, run["a"].error["message"])
    assert_equal ["permanent_error", "invalid_checkpoint", 1], [*run["a"].error.values_at("kind", "error_code"), run.attempts("a")]
    once = workflow([step("a", at_most_once: true)], stubs: { a: stuck })
    assert_match(/never run again/, once["a"].error["message"])
  end

  def test_environments_and_older_keys
    text = <<~YAML
      :name: older
      :namespace_name: shop
      :named_steps: [a, b]
      :step_templates:
        - :name: a
          :handler_class: WorkflowTest::Fails
          :default_retry_limit: 5
          :retry_backoff: {initial_delay: 2, multiplier: 1}
        - :name: b
          :depends_on_step: a
          :handler_class: WorkflowTest::Echo
      environments:
        test:
          step_templates:
            - {name: ALL, default_retryable: false}
            - {name: b, handler_config: {x: 1}}
    YAML
    run = TaskerCore::Testing.run_workflow(text)
    assert_equal [5, [2.0] * 4], [run.attempts("a"), delays(run)]
    test = TaskerCore::Testing.run_workflow(text, environment: "test")
    assert_equal 1, test.attempts("a")
    assert_equal({ "x" => 1 }, test["b"].template.handler["initialization"])
  end

  def test_yaml_is_read_as_the_engine_reads_it
    read = ->(text) { TaskerCore::Testing::YamlReader.read(text) }
    assert_equal({ "a" => ["yes", "no", "on", "off", "2026-01-01", 10, "010", true, nil, 1.5, 0.5, "a: b"] },
                 read.call("a: [yes, no, on, off, 2026-01-01, 010, '010', true, ~, 1.5, .5, 'a: b']"))
    assert_equal({ "x" => 1, "y" => { "x" => 1 } }, read.call("x: &one 1\ny: {x: *one}"))
    assert_match(/no YAML/, assert_raises(ArgumentError) { read.call("a: !ruby/object:Object {}") }.message)
    assert_match(/no YAML/, assert_raises(ArgumentError) { read.call("a: [") }.message)
  end

  def test_what_the_engine_would_refuse_is_refused
    { [step("a"), step("a")] => /"a" stands twice/, [step("a", on: ["b"])] => /unknown step "b"/,
      [step("a", on: ["b"]), step("b", on: ["a"])] => /cycle: a -> b -> a/, [step("a", "Ecco")] => /unknown handler "Ecco"/,
      [step("a", type: "odd")] => /unknown type "odd"/, [] => /no steps/ }.each do |steps, message|
      assert_match message, assert_raises(ArgumentError) { workflow(steps) }.message
    end
    assert_match(/no step is called "b"/, assert_raises(ArgumentError) { workflow([step("a")], stubs: { b: 1 }) }.message)
  end

  def test_the_templates_environment_variables_are_there_while_it_runs
    run = TaskerCore::Testing.run_workflow(template([step("a")], env: { TASKER_TEST_ENV: "here" }), {},
                                           stubs: { a: ->(_) { ENV.fetch("TASKER_TEST_ENV", nil) } })
    assert_equal "here", run.results("a")
    assert_nil ENV.fetch("TASKER_TEST_ENV", nil)
  end

  def test_files_that_reach_into_the_originals_repository_load
    Dir.mktmpdir do |folder|
      File.write(File.join(folder, "helper.rb"), "MOVED = 7")
      File.write(File.join(folder, "h.rb"), <<~RUBY)
        require_relative "../../nowhere/lib/tasker_core/errors"
        require_relative "helper"
        class Moved; def process(*) = MOVED; end
      RUBY
      template = { "name" => "w", "steps" => [{ "name" => "a", "handler" => "Moved" }] }
      assert_equal 7, TaskerCore::Testing.run_workflow(template, {}, handlers: folder).results("a")
    end
    assert_raises(LoadError) { require_relative "../nowhere/lib/tasker_core/errors" }
  end

  def test_files_with_blocks_can_be_run_more_than_once
    Dir.mktmpdir do |folder|
      Dir.mkdir("#{folder}/handlers")
      File.write("#{folder}/handlers/h.rb", "TaskerCore::StepHandler::Functional.step_handler('test.block#{folder.hash}') { { a: 1 } }")
      File.write("#{folder}/w.yaml", "name: w\nsteps: [{name: s, handler: test.block#{folder.hash}}]")
      2.times { assert_equal({ "a" => 1 }, TaskerCore::Testing.run_workflow("#{folder}/w.yaml").results("s")) }
    end
  end

  private

  def step(name, handler = Echo, on: [], **more)
    handler = handler.name if handler.is_a?(Class)
    { name: name, dependencies: on, handler: { callable: handler } }.merge(more)
  end

  def template(steps, **more)
    { name: "test", steps: steps }.merge(more)
  end

  def workflow(steps, input = {}, **options)
    TaskerCore::Testing.run_workflow(template(steps), input, **options)
  end

  def delays(run)
    run.trace.select { |event| event.type == "step.retrying" }.map { |event| event.data[:delay] }
  end

  def decided(*names)
    { decision_point_outcome: { type: "create_steps", step_names: names } }
  end
end
