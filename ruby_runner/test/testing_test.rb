# frozen_string_literal: true

require_relative "test_helper"

class TestingTest < Minitest::Test
  class Charge
    include TaskerCore::Helpers

    def initialize(config: {})
      @config = config
    end

    def process(task, sequence, step)
      progress(50, "half")
      logger.info("charging", amount: task.context[:amount])
      { status: :charged, amount: task.context[:amount], unit: @config[:unit], cart: sequence.get_results(:cart),
        attempt: step.attempt }
    end

    def process_results(_step, output, initial)
      raise "symbols are lost" unless output[:status] == :charged

      output.except(:status).merge(initial: initial)
    end

    def refund(context)
      context.get_input(:amount)
    end
  end

  class Resumes < TaskerCore::StepHandler::Base
    def call(context)
      if context.has_checkpoint?
        return success(result: { from: context.checkpoint_cursor, last: context.is_last_retry? },
                       metadata: { m: 1 })
      end
      return failure(message: "cancelled", error_code: "C") if cancelled?

      checkpoint_yield(cursor: 10, items_processed: 10)
    end
  end

  def test_a_failure_can_be_asked_and_its_result_raises
    outcome = TaskerCore::Testing.run(->(_) { raise TaskerCore::Errors::PermanentError.new("no", error_code: "E") })
    assert_equal [true, false, false, "TaskerCore::Errors::PermanentError", "no", "E"],
                 [outcome.failure?, outcome.success?, outcome.retryable?, outcome.error_class, outcome.error_message,
                  outcome.error["error_code"]]
    error = assert_raises(TaskerCore::Testing::Outcome::Failed) { outcome.results }
    assert_match(/no.*testing_test\.rb/m, error.message)
  end

  def test_a_failing_process_results_fails_the_step
    broken = Class.new(Charge) { def process_results(*) = raise(KeyError, "second half") }
    outcome = TaskerCore::Testing.run(broken, context: { amount: 1 })
    assert_equal ["KeyError", "second half"], [outcome.error_class, outcome.error_message]
  end

  def test_a_handler_without_a_form_is_an_argument_error
    misfit = Class.new { def process(one) = one }
    assert_match(/process takes \(one\)/, assert_raises(ArgumentError) { TaskerCore::Testing.run(misfit) }.message)
  end

  def test_a_tests_own_assertion_goes_through
    assert_raises(Minitest::Assertion) { TaskerCore::Testing.run(->(_) { raise Minitest::Assertion }) }
  end

  def test_a_step_runs_as_the_runner_runs_it
    outcome = TaskerCore::Testing.run(Charge, context: { amount: 12 }, dependencies: { cart: [1] },
                                              config: { unit: :eur }, attempt: 2)
    assert_equal({ "amount" => 12, "unit" => "eur", "cart" => [1], "attempt" => 2, "initial" => nil }, outcome.results)
    assert_equal "charged", outcome.output["status"]
    assert_equal [[50, "half"]], outcome.progress
    assert_equal [["info", "charging", { "amount" => 12 }]], outcome.logs
    assert outcome.success?
  end

  def test_another_method_an_object_and_a_block
    assert_equal 3, TaskerCore::Testing.run(Charge, context: { amount: 3 }, method: :refund).results
    assert_equal 4, TaskerCore::Testing.run(Charge.new(config: { unit: 1 }), context: { amount: 4 }).results["amount"]
    assert_equal "test_step", TaskerCore::Testing.run(->(context) { context.step_name }).results
  end

  def test_checkpoints_attempts_and_cancels
    outcome = TaskerCore::Testing.run(Resumes)
    assert_equal [true, { "cursor" => 10, "items_processed" => 10, "accumulated_results" => nil }],
                 [outcome.yielded?, outcome.checkpoint]
    outcome = TaskerCore::Testing.run(Resumes, checkpoint: outcome.checkpoint, attempt: 3)
    assert_equal [{ "from" => 10, "last" => true }, { "m" => 1 }], [outcome.results, outcome.metadata]
    outcome = TaskerCore::Testing.run(Resumes, cancelled: true)
    assert_equal ["cancelled", "C", "UnexpectedError", false],
                 [outcome.error_message, outcome.error["error_code"], outcome.error_class, outcome.retryable?]
  end

  def test_a_result_that_is_no_json_fails_as_it_would
    outcome = TaskerCore::Testing.run(->(_) { { io: $stdout } })
    assert_equal "results.io", outcome.error["path"]
  end

  def test_an_output_that_is_no_json_does_not_matter_when_process_results_makes_one
    handler = Class.new do
      def process(*) = $stdout
      def process_results(_step, output) = output.fileno
    end
    outcome = TaskerCore::Testing.run(handler)
    assert_equal [1, nil], [outcome.results, outcome.output]
    assert_match(/what process returned is not recorded: output: IO/, outcome.logs.first[1])
  end

  def test_current_is_a_stand_in_outside_a_step
    _, err = capture_io { TaskerCore.current.logger.warn("alone") }
    assert_equal "warn: alone\n", err
    TaskerCore.current.progress(1)
    TaskerCore.current.heartbeat
    refute TaskerCore.current.cancelled?
  end

  def test_helpers_check_their_arguments
    [-1, 101, nil, "50", Float::NAN].each do |value|
      assert_raises(ArgumentError) do
        TaskerCore.current.progress(value)
      end
    end
    [0, -1, nil, Float::INFINITY].each do |value|
      assert_raises(ArgumentError) do
        TaskerCore.current.extend_deadline(value)
      end
    end
    assert_raises(ArgumentError) { Resumes.new.success }
  end

  def test_the_logger_takes_what_loggers_take
    outcome = TaskerCore::Testing.run(lambda { |_|
      log = TaskerCore.current.logger
      log.debug { "a block" }
      log.fatal("worst", io: $stdout)
      log.error(KeyError.new("k"))
      log.log_step(:warn, "event", a: 1)
      log.info?
    })
    assert_equal [["debug", "a block"], %w[error worst], ["error", "#<KeyError: k>"], %w[warn event]],
                 outcome.logs.map { |level, message, _| [level, message] }
    assert_match(/#<IO/, outcome.logs[1][2]["io"])
  end

  def test_a_base_handler_describes_itself
    handler = Resumes.new(config: { a: 1 })
    assert_equal ["resumes", ["process"], "1.0.0", { a: 1 }],
                 [handler.handler_name, handler.capabilities, handler.metadata[:version], handler.config]
    http = Class.new(TaskerCore::StepHandler::Base) { def self.name = "Api::HTTPServerCheck2Go" }
    assert_equal "http_server_check2_go", http.new.handler_name
  end
end
