# frozen_string_literal: true

require_relative "test_helper"

class TypesTest < Minitest::Test
  FIELDS = {
    "task" => { "task_id" => 1, "task_uuid" => "t", "name" => "order", "namespace_name" => "shop", "version" => "2.0.0",
                "context" => { "amount" => 36, "none" => nil, "off" => false } },
    "step" => { "workflow_step_id" => 10, "workflow_step_uuid" => "s", "name" => "charge", "attempts" => 1,
                "max_attempts" => 3, "retryable" => true, "inputs" => { "cursor" => { "batch_id" => "001" } },
                "checkpoint" => { "cursor" => 5, "items_processed" => 4, "accumulated_results" => { "n" => 1 } } },
    "sequence" => { "total_steps" => 4, "current_position" => 2, "steps" => [
      { "workflow_step_id" => 8, "step_uuid" => "u8", "name" => "z", "state" => "complete",
        "results" => { "v" => [1, { "w" => 2 }] }, "dependency" => false },
      { "workflow_step_id" => 9, "step_uuid" => "u9", "name" => "a", "state" => "complete", "results" => 7,
        "dependency" => true }
    ] },
    "step_definition" => { "name" => "charge", "description" => "Charges.", "dependencies" => ["a"], "timeout_seconds" => 5,
                           "retry" => { "max_attempts" => 3 }, "publishes_events" => [],
                           "handler" => { "callable" => "Charge", "method" => "m", "resolver" => nil, "initialization" => { "unit" => "EUR" } } }
  }.freeze

  def setup
    @input = TaskerCore::StepInput.new("Charge", FIELDS)
  end

  def test_a_task_is_a_hash_with_readers
    task = @input.task
    assert_equal [1, 1, 1, 1], [task["task_id"], task[:task_id], task.task_id, task.id]
    assert_equal %w[order order shop shop 2.0.0],
                 [task.name, task.task_name, task.namespace, task.namespace_name, task.task_version]
    assert_equal [36, 36], [task.context[:amount], task["context"]["amount"]]
    assert_nil task.tags
    assert_raises(NoMethodError) { task.no_such_field }
  end

  def test_a_task_without_context_has_an_empty_one
    task = TaskerCore::Types::Task.wrap({})
    task.context[:a] = 1
    assert_equal({ "a" => 1 }, task.context)
  end

  def test_a_step_is_a_hash_with_readers
    step = @input.step
    assert_equal ["charge", "charge", 10, 10, "s", 1],
                 [step.name, step.step_name, step.id, step["workflow_step_id"], step.step_uuid, step.attempts]
    assert_equal "001", step.inputs[:cursor][:batch_id]
  end

  def test_a_sequence_tells_where_the_step_stands
    sequence = @input.sequence
    assert_equal [4, 2, 2, 0.5, 1],
                 [sequence.total_steps, sequence.current_position, sequence["current_step_index"], sequence.progress,
                  sequence.remaining_steps]
    assert_equal [false, false, 10], [sequence.first_step, sequence.last_step, sequence.current_step_id]
    assert_equal %w[z a], sequence.steps.map(&:name)
    assert_equal %w[a], sequence.dependencies.map(&:name)
    assert_equal 1, sequence.dependencies_count
    assert_equal %w[z a charge], sequence["steps"].map { |step| step["name"] }
    assert_equal "charge", sequence["steps"][sequence["current_step_index"]].name
    assert_equal 4, sequence[:total_steps]
    assert_equal %w[steps dependencies total_steps current_position current_step_index current_step_id], sequence.to_h.keys
  end

  def test_a_sequence_gives_results_by_name
    sequence = @input.sequence
    assert_equal 7, sequence.get_results("a")
    assert_equal 2, sequence.get_results(:z)[:v][1][:w]
    assert_equal [7, 7, true, "completed", "u9"],
                 sequence.get_result("a").values_at("result", "results", "success", "status", "step_uuid")
    assert_equal 7, sequence["a"].results
    assert_nil sequence.get_results("nobody")
    assert_equal %w[z a], sequence.keys
    assert sequence.key?(:a)
    assert_equal 7, sequence.find_step_by_name("a").results
    assert_equal "charge", sequence.find_step_by_name(:charge).name
    assert_nil sequence.find_step_by_name("nobody")
    names = []
    sequence.each_key { |name| names << name }
    assert_equal %w[z a], names
  end

  def test_an_empty_sequence
    sequence = TaskerCore::Types::StepSequence.new({}, @input.step)
    assert_equal [1, 0, 0.0, 0, true],
                 [sequence.total_steps, sequence.current_position, sequence.progress, sequence.remaining_steps,
                  sequence.first_step?]
    assert_empty sequence.steps
  end

  def test_a_context_holds_everything
    context = @input.context
    assert_equal %w[t s charge shop Charge],
                 [context.task_uuid, context.step_uuid, context.step_name, context.namespace_name, context.handler_name]
    assert_equal [36, 36, 36], [context.get_input(:amount), context.get_task_field("amount"), context.context[:amount]]
    assert_equal [36, 5, 5, false],
                 [context.get_input_or(:amount, 5), context.get_input_or(:nothing, 5), context.get_input_or("none", 5),
                  context.get_input_or("off", 5)]
    assert_equal ["EUR", "EUR", nil],
                 [context.get_config(:unit), context.step_config["unit"], context.get_config("nothing")]
    assert_equal "001", context.input_data[:cursor][:batch_id]
    assert_same context.input_data, context.step_inputs
  end

  def test_a_context_reaches_into_dependencies
    context = @input.context
    assert_equal 7, context.get_dependency_result("a")
    assert_equal 2, context.get_dependency_field("z", :v, 1, "w")
    assert_nil context.get_dependency_field("z", "v", "not an index")
    assert_nil context.get_dependency_field("z", "x", "y")
    assert_nil context.get_dependency_field("nobody", "x")
    assert_equal [["z", { "v" => [1, { "w" => 2 }] }], ["a", 7]], context.dependency_results.map { |name, record|
                                                                    [name, record.result]
                                                                  }
    assert_equal 7, context.dependency_results["a"].results
    refute_empty context.dependency_results
  end

  def test_a_context_knows_its_attempt_and_checkpoint
    context = @input.context
    assert_equal [1, 3, true, false, true],
                 [context.retry_count, context.max_retries, context.is_retry?, context.is_last_retry?,
                  context.retryable?]
    assert_equal [true, 5, 4, { "n" => 1 }],
                 [context.has_checkpoint?, context.checkpoint_cursor, context.checkpoint_items_processed,
                  context.accumulated_results]
    fresh = TaskerCore::StepInput.new("X", {}).context
    assert_equal [false, nil, 0, nil, 0, 3, false],
                 [fresh.has_checkpoint?, fresh.checkpoint_cursor, fresh.checkpoint_items_processed,
                  fresh.accumulated_results, fresh.retry_count, fresh.max_retries, fresh.is_retry?]
    assert_equal [{}, {}, nil], [fresh.input_data, fresh.step_config, fresh.get_input("x")]
  end

  def test_a_step_definition_has_readers
    definition = @input.step_definition
    assert_equal ["charge", "Charges.", ["a"], 5, 3],
                 [definition.name, definition.description, definition.dependencies, definition.timeout_seconds,
                  definition.retry[:max_attempts]]
    assert_equal ["Charge", "m", nil, { "unit" => "EUR" }],
                 [definition.handler.callable, definition.handler.handler_method, definition.handler.resolver,
                  definition.handler.initialization]
  end

  def test_inspection_shows_no_data
    [@input.context, @input.sequence, @input.context.dependency_results].each do |object|
      refute_match(/36|EUR|"v"/, object.inspect)
    end
  end

  def test_tasks_and_steps_show_their_name_and_uuid_and_no_data
    types = "#<TaskerCore::Types::"
    assert_equal ["#{types}Task order t>", "#{types}Step charge s>", "#{types}StepRecord a u9>"],
                 [@input.task, @input.step, @input.sequence.get_result("a")].map(&:inspect)
    assert_equal "#{types}Task>", TaskerCore::Types::Task.wrap({}).freeze.inspect
    error = assert_raises(NoMethodError) { @input.task.amout }
    refute_includes error.message, "36"
    assert_equal FIELDS["task"], @input.task.to_h
  end

  def test_call_results
    result = TaskerCore::Types::StepHandlerCallResult
    success = result.success(result: 1, metadata: { a: 1 })
    assert_equal [true, 1, { a: 1 }], [success.success?, success.result, success.metadata]
    error = result.error(error_type: "PermanentError", message: "no", error_code: "E")
    assert_equal [false, "PermanentError", "no", "E", false, {}],
                 [error.success?, error.error_type, error.message, error.error_code, error.retryable, error.metadata]
    assert_equal 5, result.checkpoint_yield(cursor: 5, items_processed: 1).cursor
    assert_same success, result.from_handler_output(success)
    assert_equal [7, "Integer"],
                 [result.from_handler_output(7).result, result.from_handler_output(7).metadata[:original_type]]
    assert_instance_of result::Error,
                       result.from_handler_output({ "success" => false, "message" => "m", "error_type" => "X" })
    assert_equal 3, result.from_handler_output({ success: true, result: 3, metadata: nil }).result
    assert_equal({ success: true, order: 1 }, result.from_handler_output({ success: true, order: 1 }).result)
  end

  def test_call_results_of_exceptions
    result = TaskerCore::Types::StepHandlerCallResult
    permanent = result.from_exception(TaskerCore::Errors::PermanentError.new("no", error_code: "E"))
    assert_equal ["PermanentError", "no", "E", false],
                 [permanent.error_type, permanent.message, permanent.error_code, permanent.retryable]
    retryable = result.from_exception(TaskerCore::Errors::RetryableError.new("later", retry_after: 9))
    assert_equal [true, 9], [retryable.retryable, retryable.metadata[:retry_after]]
    assert result.from_exception(KeyError.new("k")).retryable
  end
end
