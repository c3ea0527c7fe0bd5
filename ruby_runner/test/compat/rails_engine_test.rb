# frozen_string_literal: true

require_relative "../test_helper"
require_relative "../support/http_server"
require "tasker-engine"

# Handlers of the Rails engine.
class RailsEngineTest < Minitest::Test
  class Returns < Tasker::StepHandler::Base
    def process(task, _sequence, step)
      { task: task.task_id, same: task.id, name: task.named_task.name, step: step.name, initial: step.results,
        amount: task.context["amount"], left: step.retry_limit - step.attempts, annotations: task.annotations.size,
        status: step.status }
    end
  end

  class Assigns < Tasker::StepHandler::Base
    def process(_task, _sequence, step)
      step.results = { assigned: true }
      :ignored
    end
  end

  class Changes < Tasker::StepHandler::Base
    def process(_task, _sequence, _step) = Struct.new(:body).new("raw")

    def process_results(step, process_output, initial_results)
      step.results = { body: process_output.body, initial: initial_results }
      "ignored"
    end
  end

  class Merges < Tasker::StepHandler::Base
    def process(_task, _sequence, step)
      step.results = step.results.merge(a: 1)
    end
  end

  def test_what_process_returns_is_the_result
    outcome = run_step(Returns, context: { amount: 7 })
    assert_equal({ "task" => 1, "same" => 1, "name" => "test", "step" => "test_step", "initial" => {}, "amount" => 7, "left" => 3,
                   "annotations" => 0, "status" => "in_progress" }, outcome.results)
  end

  class Inputs < Tasker::StepHandler::Base
    def process(_task, _sequence, step) = { item: step.inputs["items"].first[:id], too: step["inputs"][:items].size }
  end

  def test_a_steps_inputs_are_the_tasks_context
    assert_equal({ "item" => 7, "too" => 1 }, run_step(Inputs, context: { items: [{ id: 7 }] }).results)
    given = { items: [{ id: 8 }, { id: 9 }] }
    assert_equal({ "item" => 8, "too" => 2 }, run_step(Inputs, context: { items: [] }, step: { inputs: given }).results)
  end

  def test_assigned_results_count_more_than_what_is_returned
    assert_equal({ "assigned" => true }, run_step(Assigns).results)
    assert_equal({ "body" => "raw", "initial" => {} }, run_step(Changes).results)
    assert_equal({ "a" => 1 }, run_step(Merges).results)
  end

  def test_assigning_works_in_every_handler_of_three_arguments
    plain = Class.new { def process(_task, _sequence, step) = (step.results = { a: 1 }) && nil }
    call3 = Class.new { def call(_task, _sequence, step) = (step.results = [1]) && nil }
    second = Class.new do
      def process(*) = 1
      def process_results(step, _output) = (step.results = { b: 2 }) && nil
    end
    assert_equal [{ "a" => 1 }, [1], { "b" => 2 }], [plain, call3, second].map { |handler| run_step(handler).results }
  end

  class Searches < Tasker::StepHandler::Base
    def process(_task, sequence, _step)
      found = sequence.steps.find { |step| step.name == "order" }
      { direct: sequence.find_step_by_name("order").results["total"], found: found.results[:total] }
    end
  end

  def test_earlier_steps_are_found_in_the_sequence
    assert_equal({ "direct" => 5, "found" => 5 }, run_step(Searches, dependencies: { order: { total: 5 } }).results)
  end

  def test_its_errors
    { Tasker::PermanentError.new("no", error_code: "X", context: { a: 1 }) => [false, "X", nil],
      Tasker::RetryableError.new("later", retry_after: 4) => [true, nil, 4],
      Tasker::ConfigurationError.new("wrong") => [false, nil, nil], Tasker::ProceduralError.new("?") => [true, nil, nil] }
      .each do |error, expected|
        handler = Class.new(Tasker::StepHandler::Base) { define_method(:process) { |*| raise error } }
        outcome = run_step(handler)
        assert_equal expected, [outcome.retryable?, outcome.error["error_code"], outcome.retry_after], error.class
        assert_kind_of Tasker::Error, error
      end
  end

  class Talks < Tasker::StepHandler::Base
    def self.custom_event_configuration = [{ name: "talked", description: "It did." }]

    def process(task, _sequence, step)
      log_structured(:info, "structured", amount: 1)
      Rails.logger.warn("railed")
      publish_event("talked", { to: "you" })
      publish_step_started(step)
      log_task_event(task, "seen")
      { production: Rails.env.production?, test: Rails.env.test? }
    end
  end

  def test_its_helpers_become_log_lines
    outcome = run_step(Talks)
    assert_equal({ "production" => true, "test" => false }, outcome.results)
    assert_equal ["structured", "railed", "talked", "step.started", "task seen"], outcome.logs.map { |_, text, _| text }
    assert_equal({ "to" => "you" }, outcome.logs[2].last)
  end

  class Logs < Tasker::StepHandler::Base
    def process(task, _sequence, step)
      log_structured_info("charged", amount: 1)
      log_warn("slow")
      log_step_event(step, :completed, duration: 2)
      log_performance_event("charge", 0.5, order: task.id)
      log_orchestration_event("enqueued", :completed, n: 1)
      log_exception(RuntimeError.new("no"))
      with_correlation_id("c") { correlation_id }
    end
  end

  def test_every_way_to_log_is_a_line_with_its_level
    outcome = run_step(Logs)
    assert_equal [%w[info charged], %w[warn slow], ["info", "step completed"], ["info", "charge took 0.5 s"],
                  ["info", "orchestration enqueued completed"], ["error", "RuntimeError: no"]],
                 outcome.logs.first(6).map { |level, text, _| [level, text] }
    assert_equal({ "operation" => "charge", "duration" => 0.5, "order" => 1 }, outcome.logs[3].last)
  end

  class Fetches < Tasker::StepHandler::Api
    def process(task, _sequence, _step)
      connection.get("/status/#{task.context[:status]}", { q: 1 })
    end
  end

  class Parses < Fetches
    def process_results(step, response, _initial)
      step.results = JSON.parse(response.body)
    end
  end

  def test_an_api_handler_keeps_what_the_server_said
    HttpServer.open do |server|
      config = { url: server.url, headers: { "X-Key" => "k" }, retry_delay: 2.0 }
      outcome = run_step(Fetches, context: { status: 200 }, config: config)
      assert_equal [200, %({"status":200})], outcome.results.values_at("status", "body")
      assert_equal "GET /status/200?q=1", server.requests.last.first
      assert_equal "k", server.requests.last[1]["x-key"]
      assert_equal({ "status" => 200 }, run_step(Parses, context: { status: 200 }, config: config).results)
    end
  end

  def test_an_api_handlers_status_decides
    HttpServer.open do |server|
      [400, 401, 403, 404, 422].each do |status|
        outcome = run_step(Fetches, context: { status: status }, config: { url: server.url })
        assert_equal ["Tasker::PermanentError", "HTTP_#{status}", false],
                     [outcome.error_class, outcome.error["error_code"], outcome.retryable?]
      end
      { 429 => 7, 503 => 7, 500 => nil, 418 => nil, 302 => nil }.each do |status, wait|
        outcome = run_step(Fetches, context: { status: status }, config: { url: server.url })
        assert_equal ["Tasker::RetryableError", true, wait], [outcome.error_class, outcome.retryable?, outcome.retry_after], status
      end
    end
  end

  def test_an_api_handler_without_a_url_says_so
    assert_match(/needs a url/, run_step(Fetches, context: { status: 200 }).error_message)
  end

  def test_its_configuration
    config = Tasker::StepHandler::Api::Config.new(url: "http://x")
    assert_equal ["http://x", {}, true, 1.0], [config.url, config.params, config.enable_exponential_backoff, config.retry_delay]
    assert_includes 0..1, config.jitter_factor
    assert_equal 5.0, Tasker::StepHandler::Api::Config.from("url" => "http://x", "retry_delay" => 5.0, "mine" => 1).retry_delay
    assert_equal({ "mine" => 1 }, Fetches.new(config: { "mine" => 1 }).config)
  end

  class Order
    include Tasker::TaskHandler

    register_handler(:order, namespace_name: :shop, version: "1.2.0", concurrent: true)
    define_step_templates do |templates|
      templates.define(name: "validate", handler_class: Returns, dependent_system: "shop")
      templates.define(name: "charge", handler_class: Assigns, depends_on_step: "validate", default_retry_limit: 5)
    end
  end

  def test_a_task_handler_loads_and_tells_what_it_declares
    assert_equal({ name: "order", namespace_name: "shop", version: "1.2.0", concurrent: true, dependent_system: nil },
                 Order.registered_handler)
    assert_equal [["validate", 3], ["charge", 5]], Order.step_templates.map { |step| [step.name, step.default_retry_limit] }
    assert_nil Order.new.schema
    assert_equal "complete", Tasker::Constants::WorkflowStepStatuses::COMPLETE
    assert_kind_of Tasker::TaskHandler, Class.new(Tasker::ConfiguredTask).new
  end

  private

  def run_step(...)
    TaskerCore::Testing.run(...)
  end
end
