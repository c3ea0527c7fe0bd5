# frozen_string_literal: true

require_relative "test_helper"

class BridgeTest < Minitest::Test
  class Pay
    def process(task, sequence, step)
      raise TaskerCore::Errors::RetryableError.new("busy", retry_after: 5) if task.context[:amount] == 13

      { status: "success", list: [1, [2, :three]], amount: task["context"]["amount"], name: step.name, attempts: step.attempts,
        from: sequence.get_results("cart"), last: sequence.current_position }
    end

    def process_results(step, process_output, initial_results = nil)
      { status: process_output[:status], step: step.name, initial: initial_results }
    end
  end

  CONTEXT = { step_id: 123, task_id: 456, step_name: "process_payment", input_data: { amount: 100.0 },
              previous_results: { cart: { items: [1] } }, attempt_number: 2 }.freeze
  RESULT = { "status" => "success", "list" => [1, [2, "three"]], "amount" => 100.0, "name" => "process_payment", "attempts" => 1,
             "from" => { "items" => [1] }, "last" => 1 }.freeze

  def test_a_context_that_is_none_is_an_argument_error
    { "{" => /no JSON/, "[]" => /is an object/, { step_id: 1 } => /task_id is an integer, not nil/,
      { step_id: 1, task_id: "2" } => /task_id is an integer/, { step_id: 1, task_id: 2, input_data: [] } => /input_data is an object/ }
      .each { |context, pattern| assert_match pattern, assert_raises(ArgumentError) { call(Pay.new, context) }.message }
  end

  def test_an_error_is_returned_as_it_would_have_been_recorded
    error = call(Pay.new, CONTEXT.merge(input_data: { amount: 13 }))["error"]
    assert_equal ["handler_error", "TaskerCore::Errors::RetryableError", "busy", true, 5],
                 error.values_at("kind", "class", "message", "retryable", "retry_after")
    assert_match(/bridge_test\.rb/, error["backtrace"].first)
    assert_equal "permanent_error", call(->(_) { raise TaskerCore::PermanentError }, CONTEXT)["error"]["kind"]
    assert_equal "result_unserializable", call(->(_) { 0.0 / 0 }, CONTEXT)["error"]["kind"]
  end

  def test_a_hash_and_its_json_give_the_same_with_no_key_lost
    assert_equal RESULT, call(Pay.new, CONTEXT)
    assert_equal RESULT, call(Pay.new, JSON.generate(CONTEXT))
    assert_equal RESULT, call(Pay, CONTEXT)
  end

  def test_the_defaults
    seen = nil
    call(->(context) { seen = context and nil }, { step_id: 1, task_id: 2 })
    assert_equal ["unknown_step", {}, 0, 3, true, 300, "production"],
                 [seen.step_name, seen.context, seen.retry_count, seen.max_retries, seen.retryable?,
                  seen.step_definition.timeout_seconds, seen.task["environment"]]
  end

  def test_process_results_gets_the_raw_output
    assert_equal({ "status" => "success", "step" => "s", "initial" => { "a" => 1 } },
                 TaskerCore.call_ruby_process_results_method(Pay.new, { name: "s" }, { status: "success" },
                                                             { "a" => 1 }))
    assert_equal({ "status" => nil, "step" => "s", "initial" => nil },
                 TaskerCore.call_ruby_process_results_method(Pay.new, "{\"name\":\"s\"}", { "status" => "x" }))
    assert_equal "NoMethodError", TaskerCore.call_ruby_process_results_method(Pay, { name: "s" }, nil)["error"]["class"]
  end

  def test_without_process_results_the_output_is_the_result
    plain = Class.new { def process(*) = 1 }
    assert_equal({ "a" => "b" }, TaskerCore.call_ruby_process_results_method(plain, {}, { a: :b }))
  end

  def test_a_checkpoint
    handler = ->(_) { TaskerCore::Types::StepHandlerCallResult.checkpoint_yield(cursor: 1, items_processed: 2) }
    assert_equal({ "checkpoint" => { "cursor" => 1, "items_processed" => 2, "accumulated_results" => nil } },
                 call(handler, CONTEXT))
  end

  private

  def call(handler, context)
    TaskerCore.call_ruby_process_method(handler, context)
  end
end
