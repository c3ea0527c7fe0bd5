# frozen_string_literal: true

require_relative "../test_helper"

# Handlers as blocks.
class FunctionalTest < Minitest::Test
  include TaskerCore::StepHandler::Functional

  Money = Struct.new(:amount, :currency, keyword_init: true)
  Point = Struct.new(:x, :y)
  Plain = Class.new do
    attr_reader :name

    def initialize(name:) # rubocop:disable Lint/MissingSuper
      @name = name
    end
  end

  def test_keywords_come_from_dependencies_and_from_the_context
    handler = step_handler("shop.charge", depends_on: { order: "validate" }, inputs: [:card]) do |order:, card:, context:|
      { total: order[:total] + order["total"], card: card, step: context.step_name }
    end
    outcome = run_step(handler, context: { card: "tok" }, dependencies: { validate: { total: 2 } })
    assert_equal({ "total" => 4, "card" => "tok", "step" => "test_step" }, outcome.results)
  end

  def test_a_block_gets_only_the_keywords_it_names
    assert_equal({ "a" => 1 }, run_step(step_handler("x", inputs: %i[a b]) { |a:| { a: a } }, context: { a: 1 }).results)
    greedy = step_handler("x", depends_on: { dep: "d" }, inputs: %i[a b]) { |**all| { keys: all.keys.sort } }
    assert_equal %w[a b context dep], run_step(greedy).results["keys"]
    assert_equal 1, run_step(step_handler("x") { |context| { a: context.get_input(:a) } }, context: { a: 1 }).results["a"]
    assert_equal({ "none" => true }, run_step(step_handler("x", inputs: [:a]) { { none: true } }).results)
  end

  def test_what_a_block_returns
    assert_equal({}, run_step(step_handler("x") { nil }).results)
    assert_equal 7, run_step(step_handler("x") { 7 }).results
    result = run_step(step_handler("x") { TaskerCore::Types::StepHandlerCallResult.success(result: 36, metadata: { a: 1 }) })
    assert_equal [36, { "a" => 1 }], [result.results, result.metadata]
    assert_equal({ "success" => false }, run_step(step_handler("x") { { success: false } }).results)
  end

  def test_models
    handler = step_handler("x", depends_on: { price: ["p", Money] }, inputs: Point) do |price:, inputs:|
      { price: price.amount, point: [inputs.x, inputs.y] }
    end
    outcome = run_step(handler, context: { y: 2, x: 1, z: 3 }, dependencies: { p: { amount: 5, currency: "EUR", more: 1 } })
    assert_equal({ "price" => 5, "point" => [1, 2] }, outcome.results)
    assert_equal({ "name" => "n" }, run_step(step_handler("x", inputs: Plain) { |inputs:| { name: inputs.name } },
                                             context: { name: "n", other: 1 }).results)
    assert_equal({ "nil" => true }, run_step(step_handler("x", depends_on: { p: ["p", Money] }) { |p:| { nil: p.nil? } }).results)
  end

  def test_an_exception_is_a_result_of_call_and_keeps_its_backtrace_and_cause
    handler = step_handler("x") do
      raise "inner"
    rescue StandardError
      raise TaskerCore::Errors::RetryableError.new("busy", retry_after: 9, context: { a: 1 })
    end
    result = handler.new.call(nil_context)
    assert_equal [false, "RetryableError", "busy", true], [result.success?, result.error_type, result.message, result.retryable]
    outcome = run_step(handler)
    assert_equal ["TaskerCore::Errors::RetryableError", 9, { "a" => 1 }, "inner"],
                 [outcome.error_class, outcome.retry_after, outcome.error["context"], outcome.error["cause"]["message"]]
    assert_match(/functional_test\.rb/, outcome.error["backtrace"].first)
    assert_predicate run_step(step_handler("x") { nil.no_such_method }), :retryable?
    refute_predicate run_step(step_handler("x") { raise TaskerCore::Errors::NotFoundError, "gone" }), :retryable?
  end

  def test_a_missing_keyword_tells_its_name
    assert_match(/missing keyword: :absent/, run_step(step_handler("x") { |absent:| absent }).error_message)
  end

  def test_the_class_knows_its_name_and_version
    handler = step_handler("shop.charge", version: "2.1.0") { nil }
    assert_equal ["shop.charge", "shop.charge", "2.1.0"], [handler.handler_name, handler.new.handler_name, handler::VERSION]
    assert_equal "shop.charge", handler.new.metadata[:handler_name]
    assert_operator handler, :<, TaskerCore::StepHandler::Base
    assert_raises(ArgumentError) { step_handler("x") }
    assert_raises(ArgumentError) { step_handler("") { nil } }
  end

  def test_a_decision
    route = decision_handler("d", inputs: [:amount]) do |amount:|
      next Decision.skip("too small", amount: amount) if amount < 10

      Decision.route(amount > 100 ? %w[manager finance] : "auto", amount: amount)
    end
    assert_equal({ "amount" => 500, "decision_point_outcome" => { "type" => "create_steps", "step_names" => %w[manager finance] } },
                 run_step(route, context: { amount: 500 }).results)
    assert_equal ["auto"], run_step(route, context: { amount: 50 }).results["decision_point_outcome"]["step_names"]
    assert_equal({ "reason" => "too small", "amount" => 1, "decision_point_outcome" => { "type" => "no_branches" } },
                 run_step(route, context: { amount: 1 }).results)
    wrong = run_step(decision_handler("d") { "manager" })
    assert_equal ["INVALID_DECISION_OUTCOME", false], [wrong.error["error_code"], wrong.retryable?]
  end

  def test_a_batch_analyzer
    analyzer = batch_analyzer("a", worker_template: "work", inputs: [:n]) do |n:|
      BatchConfig.new(total_items: n, batch_size: 3, metadata: { source: "f.csv" })
    end
    results = run_step(analyzer, context: { n: 7 }).results
    outcome = results["batch_processing_outcome"]
    assert_equal ["create_batches", "work", 3, 7, "f.csv"],
                 [outcome["type"], outcome["worker_template_name"], outcome["worker_count"], outcome["total_items"], results["source"]]
    assert_equal [{ "batch_id" => "001", "start_cursor" => 0, "end_cursor" => 3, "batch_size" => 3 },
                  { "batch_id" => "002", "start_cursor" => 3, "end_cursor" => 6, "batch_size" => 3 },
                  { "batch_id" => "003", "start_cursor" => 6, "end_cursor" => 7, "batch_size" => 1 }], outcome["cursor_configs"]
    assert_equal "no_batches", run_step(analyzer, context: { n: 0 }).results["batch_processing_outcome"]["type"]
    assert_equal "INVALID_BATCH_CONFIG", run_step(batch_analyzer("a", worker_template: "w") { {} }).error["error_code"]
    assert_raises(ArgumentError) { BatchConfig.new(total_items: -1, batch_size: 1) }
    assert_raises(ArgumentError) { BatchConfig.new(total_items: 1, batch_size: 0) }
  end

  def test_a_batch_worker
    worker = batch_worker("w") do |batch_context:, context:|
      { from: batch_context.start_cursor, to: batch_context.end_cursor, id: batch_context.batch_id, step: context.step_name }
    end
    inputs = { cursor: { batch_id: "002", start_cursor: 3, end_cursor: 6 }, batch_metadata: {}, is_no_op: false }
    assert_equal({ "from" => 3, "to" => 6, "id" => "002", "step" => "test_step" }, run_step(worker, step: { inputs: inputs }).results)
    no_op = run_step(worker, step: { inputs: inputs.merge(is_no_op: true) }).results
    assert_equal [true, "002"], no_op.values_at("no_op", "batch_id")
    assert_equal "unknown", run_step(worker).results["id"]
  end

  def test_the_methods_are_private_and_the_constants_in_reach
    refute_respond_to self, :step_handler
    assert_equal TaskerCore::StepHandler::Functional::Decision, Decision
    assert_equal %i[BatchConfig Decision], TaskerCore::StepHandler::Functional.constants.sort
    assert TaskerCore::StepHandler::Functional.step_handler("x") { nil }
  end

  private

  def run_step(...)
    TaskerCore::Testing.run(...)
  end

  def nil_context
    TaskerCore::StepInput.new("x", {}).context
  end
end
