# frozen_string_literal: true

require "rspec/expectations"
require "tasker_core"
require "tasker_core/testing"

module TaskerCore
  module Testing
    # RSpec's matchers, for what Testing.run and Testing.run_workflow return:
    #
    #   expect(run_step(Charge, context: { amount: 5 })).to succeed.with_results(include("charge_id"))
    #   expect(run_step(Charge, context: {})).to fail_step.with(TaskerCore::PermanentError, /amount/).for_good
    #   expect(run_workflow("order.yaml", order_id: 7)).to complete_workflow
    #   expect(run).to have_step("charge").in_state("error").after_attempts(3)
    module RSpecMatchers
      extend RSpec::Matchers::DSL

      # See Testing.run.
      def run_step(...)
        Testing.run(...)
      end

      # See Testing.run_workflow.
      def run_workflow(...)
        Testing.run_workflow(...)
      end

      matcher :succeed do
        match do |outcome|
          outcome.success? && (!@expected_results || values_match?(@expected_results.first, outcome.results))
        end
        chain(:with_results) { |results| @expected_results = [RSpecMatchers.plain(results)] }
        failure_message do |outcome|
          "expected the step to succeed#{" with #{RSpecMatchers.describe(@expected_results.first)}" if @expected_results}; it #{outcome}"
        end
      end

      matcher :fail_step do
        match do |outcome|
          outcome.failure? &&
            (@expected || []).all? { |wanted| RSpecMatchers.error?(outcome, wanted) } &&
            (@retryable.nil? || outcome.retryable? == @retryable) && (@code.nil? || outcome.error["error_code"] == @code)
        end
        chain(:with) { |*wanted| @expected = wanted }
        chain(:with_code) { |code| @code = code }
        chain(:for_good) { @retryable = false }
        chain(:for_now) { @retryable = true }
        failure_message do |outcome|
          "expected the step to fail#{" for good" if @retryable == false}#{" for now" if @retryable}" \
            "#{" with #{@expected.map(&:inspect).join(", ")}" if @expected}#{" with code #{@code}" if @code}; it #{outcome}"
        end
      end

      matcher :complete_workflow do
        match(&:complete?)
        failure_message { |run| "expected the workflow to complete; it is #{run}" }
        failure_message_when_negated { |run| "expected the workflow not to complete; it is #{run}" }
      end

      matcher :have_step do |name|
        match do |run|
          step = run.step(name)
          step && (!@state || step.state == @state) && (!@attempts || step.attempts == @attempts) &&
            (!@results || values_match?(@results.first, step.results))
        end
        chain(:in_state) { |state| @state = state.to_s }
        chain(:after_attempts) { |count| @attempts = count }
        chain(:with_results) { |results| @results = [RSpecMatchers.plain(results)] }
        failure_message do |run|
          "expected step #{name}#{" to be #{@state}" if @state}#{" after #{@attempts} attempts" if @attempts}" \
            "#{" with #{RSpecMatchers.describe(@results.first)}" if @results} in\n#{run}"
        end
        failure_message_when_negated { |run| "expected no step #{name} in\n#{run}" }
      end

      # Did the steps start in this order? Others may have run between them.
      matcher :have_run do |*names|
        match { |run| (run.order & names.map(&:to_s)) == names.map(&:to_s) }
        failure_message { |run| "expected #{names.join(", ")} to run in this order; it was #{run.order.join(", ")}" }
        failure_message_when_negated { |run| "expected #{names.join(", ")} not to run; #{run.order.join(", ")} did" }
      end

      # Whether the outcome's error is what was wanted: a class, a name, or what its message matches.
      def self.error?(outcome, wanted)
        case wanted
        when Class then outcome.error_class == wanted.name
        when Regexp then wanted.match?(outcome.error_message)
        else [outcome.error_class, outcome.error_message].include?(wanted.to_s)
        end
      end

      # A value as JSON has it; a matcher as it is.
      def self.plain(value)
        RSpec::Matchers.is_a_matcher?(value) ? value : Testing.json([value]).first
      end

      # The value, for messages.
      def self.describe(value)
        RSpec::Matchers.is_a_matcher?(value) ? value.description : value.inspect
      end
    end
  end
end

RSpec.configure { |config| config.include(TaskerCore::Testing::RSpecMatchers) } if RSpec.respond_to?(:configure)
