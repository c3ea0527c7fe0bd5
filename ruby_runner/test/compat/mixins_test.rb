# frozen_string_literal: true

require_relative "../test_helper"

# Base, Decision and Batchable, as classes and as mixins.
class MixinsTest < Minitest::Test
  class Routes < TaskerCore::StepHandler::Decision
    def call(context)
      amount = context.get_input("amount")
      return decision_no_branches(result_data: { reason: "free" }) if amount.zero?
      return decision_with_custom_outcome(outcome: { type: "made_up" }) if amount.negative?

      decision_success(steps: amount > 100 ? %w[manager finance] : "auto", result_data: { amount: amount }, metadata: { a: 1 })
    end
  end

  class Mixed < TaskerCore::StepHandler::Base
    include TaskerCore::StepHandler::Mixins::Decision

    def call(_context) = skip_branches
  end

  def test_a_decision_embeds_its_outcome
    outcome = run_step(Routes, context: { amount: 500 })
    assert_equal({ "amount" => 500, "decision_point_outcome" => { "type" => "create_steps", "step_names" => %w[manager finance] } },
                 outcome.results)
    assert_equal 1, outcome.metadata["a"]
    assert_equal %w[auto], run_step(Routes, context: { amount: 5 }).results.dig("decision_point_outcome", "step_names")
    assert_equal({ "reason" => "free", "decision_point_outcome" => { "type" => "no_branches" } },
                 run_step(Routes, context: { amount: 0 }).results)
    assert_equal "no_branches", run_step(Mixed).results.dig("decision_point_outcome", "type")
  end

  def test_a_wrong_outcome_is_permanent
    outcome = run_step(Routes, context: { amount: -1 })
    assert_equal ["INVALID_DECISION_OUTCOME", false], [outcome.error["error_code"], outcome.retryable?]
    handler = Routes.new
    [{ type: "create_steps", step_names: [] }, { type: "create_steps", step_names: [nil] }, { type: "create_steps" }, {}, nil, "x"]
      .each { |wrong| assert_raises(TaskerCore::Errors::PermanentError, wrong.inspect) { handler.validate_decision_outcome!(wrong) } }
    assert_equal %w[a], handler.validate_decision_outcome!("type" => "create_steps", "step_names" => ["a"]).step_names
    assert_raises(TaskerCore::Errors::PermanentError) { handler.decision_success(steps: []) }
  end

  def test_decision_outcomes_by_themselves
    outcomes = TaskerCore::Types::DecisionPointOutcome
    assert_equal({ type: "create_steps", step_names: %w[a b] }, outcomes.create_steps(%w[a b]).to_h)
    assert_equal({ type: "create_steps", step_names: %w[a b] }, outcomes.create_steps("a", :b).to_h)
    assert_equal({ type: "no_branches" }, outcomes.no_branches.to_h)
    assert_equal [true, false], [outcomes.create_steps("a"), outcomes.no_branches].map(&:requires_step_creation?)
    assert_equal outcomes.create_steps("a"), outcomes.from_hash(outcomes.create_steps("a").to_h)
    assert_raises(ArgumentError) { outcomes.create_steps }
  end

  class Batches < TaskerCore::StepHandler::Batchable
    def call(_context) = nil
  end

  def test_cursors_are_equal_shares_counted_from_zero
    configs = batches.create_cursor_configs(1000, 5)
    assert_equal %w[001 002 003 004 005], configs.map { |config| config[:batch_id] }
    assert_equal [[0, 200], [200, 400], [400, 600], [600, 800], [800, 1000]],
                 configs.map { |config| config.values_at("start_cursor", "end_cursor") }
    assert_equal [[0, 2], [2, 4], [4, 5]], batches.create_cursor_configs(5, 4).map { |c| [c[:start_cursor], c[:end_cursor]] }
    assert_equal 2, batches.create_cursor_configs(2, 5).size
    assert_empty batches.create_cursor_configs(0, 5)
    assert_raises(ArgumentError) { batches.create_cursor_configs(5, 0) }
  end

  def test_a_block_changes_cursors
    configs = batches.create_cursor_configs(4, 2) { |config, index| config[:file] = "f#{index}" }
    assert_equal %w[f0 f1], configs.map { |config| config["file"] }
    assert_equal [{ uuid: 0 }, { uuid: 1 }], batches.create_cursor_configs(4, 2) { |_, index| { uuid: index } }
  end

  def test_outcomes_of_a_batchable_step
    result = batches.create_batches_outcome(worker_template_name: "work", cursor_configs: batches.create_cursor_configs(4, 2),
                                            total_items: 4, metadata: { file: "f" }).result
    assert_equal ["create_batches", "work", 2, 4],
                 result[:batch_processing_outcome].values_at(:type, :worker_template_name, :worker_count, :total_items)
    assert_equal [2, 4, "f"], result.values_at(:worker_count, :total_items, :file)
    none = batches.no_batches_outcome(reason: "empty", metadata: { file: "f" }).result
    assert_equal({ batch_processing_outcome: { type: "no_batches" }, reason: "empty", file: "f" }, none)
    assert_raises(ArgumentError) { batches.create_batches_outcome(worker_template_name: "w", cursor_configs: [], total_items: 0) }
  end

  def test_a_worker_sees_its_cursor_and_its_checkpoint
    step = { "inputs" => { "cursor" => { "batch_id" => "007", "start_cursor" => "2026-01-01", "end_cursor" => "2026-02-01" },
                           "batch_metadata" => { "cursor_field" => "at", "failure_strategy" => "fail_fast" }, "is_no_op" => false },
             "checkpoint" => { "cursor" => { "id" => 5 }, "items_processed" => 4, "accumulated_results" => { "n" => 1 } } }
    context = batches.get_batch_context(TaskerCore::StepInput.new("x", { "step" => step }).context)
    assert_equal ["007", "2026-01-01", "2026-02-01", "at", "fail_fast", false],
                 [context.batch_id, context.start_cursor, context.end_cursor, context.cursor_field, context.failure_strategy,
                  context.no_op?]
    assert_equal [true, 5, 4, 1], [context.has_checkpoint?, context.checkpoint_cursor[:id], context.checkpoint_items_processed,
                                   context.accumulated_results[:n]]
    assert_nil batches.handle_no_op_worker(context)
    fresh = batches.get_batch_context(TaskerCore::StepInput.new("x", {}).step)
    assert_equal ["unknown", false, 0, nil, nil], [fresh.batch_id, fresh.has_checkpoint?, fresh.checkpoint_items_processed,
                                                   fresh.accumulated_results, fresh.start_cursor]
  end

  def test_a_context_with_a_cursor_of_its_own_is_no_batch
    input = TaskerCore::StepInput.new("x", "task" => { "context" => { "cursor" => 5, "batch_metadata" => "b" } }, "step" => {})
    context = batches.get_batch_context(input.context)
    assert_equal ["unknown", nil, nil], [context.batch_id, context.start_cursor, context.cursor_field]
    assert_equal 5, input.context.input_data[:cursor]
  end

  def test_a_worker_reports
    result = batches.batch_worker_success(items_processed: 10, items_succeeded: 9, items_failed: 1, last_cursor: 10,
                                          results: { a: 1 }, metadata: { m: 1 })
    names = %i[items_processed items_succeeded items_failed items_skipped last_cursor results]
    assert_equal [10, 9, 1, 0, 10, { a: 1 }], result.result.values_at(*names)
    assert_equal({ m: 1 }, result.metadata)
    saved = batches.checkpoint_yield(cursor: 5, items_processed: 5, accumulated_results: { n: 1 })
    assert_equal [5, 5, { n: 1 }], [saved.cursor, saved.items_processed, saved.accumulated_results]
  end

  class Adds < TaskerCore::StepHandler::Batchable
    def call(context)
      scenario = detect_aggregation_scenario(context.dependency_results, "analyze", "work_")
      aggregate_batch_worker_results(scenario, zero_metrics: { sum: 0 }) do |results|
        { sum: results.values.sum { |result| result["n"] }, names: results.keys }
      end
    end
  end

  def test_the_last_step_adds_up
    analyzed = { batch_processing_outcome: { type: "create_batches", worker_template_name: "work", cursor_configs: [{ batch_id: "001" }],
                                             total_items: 2 } }
    outcome = run_step(Adds, dependencies: { analyze: analyzed, "work_001" => { n: 3 }, "work_002" => { n: 4 }, other: { n: 9 } })
    assert_equal({ "sum" => 7, "names" => %w[work_001 work_002], "worker_count" => 2, "scenario" => "with_batches" },
                 outcome.results)
    none = run_step(Adds, dependencies: { analyze: { batch_processing_outcome: { type: "no_batches" } } })
    assert_equal({ "sum" => 0, "worker_count" => 0, "scenario" => "no_batches" }, none.results)
  end

  def test_a_dependencys_field_with_three_arguments
    sequence = TaskerCore::StepInput.new("x", "sequence" => { "steps" => [{ "name" => "a", "results" => { "b" => [{ "c" => 7 }] } }] })
                                    .sequence
    assert_equal 7, batches.get_dependency_result(sequence, "a", "b", 0, :c)
    assert_nil batches.get_dependency_result(sequence, "a", "nope", 0)
  end

  class Configured < TaskerCore::StepHandler::Base
    VERSION = "3.2.1"

    def call(context) = success(result: [config[:unit], config["unit"], context.get_config(:unit)])
    def process_results(*) = nil
  end

  def test_base_describes_itself
    handler = Configured.new
    assert_equal ["configured", %w[process process_results], "3.2.1", "MixinsTest::Configured", RUBY_VERSION],
                 [handler.handler_name, handler.capabilities, *handler.metadata.values_at(:version, :handler_class, :ruby_version)]
    assert_equal [300, 3, "info"], %i[timeout retries log_level].map { |name| handler.config_schema[:properties][name][:default] }
    assert handler.validate_config({})
    assert_nil handler.rust_integration
    assert_raises(NotImplementedError) { TaskerCore::StepHandler::Base.new.call(nil) }
    assert_equal %w[m m m], run_step(Configured, config: { unit: "m" }).results
    assert_raises(ArgumentError) { handler.success }
    assert_equal 0, handler.success(result: 0).result
    assert_equal({ a: 1 }, handler.success(result_data: { a: 1 }).result)
  end

  def test_base_runs_a_step_from_json
    assert_equal({ "a" => 1 }.to_json,
                 Class.new(TaskerCore::StepHandler::Base) { def call(_) = { a: 1 } }.new.process_with_context(%({"step_id":1,"task_id":2})))
  end

  private

  def batches = Batches.new

  def run_step(...)
    TaskerCore::Testing.run(...)
  end
end
