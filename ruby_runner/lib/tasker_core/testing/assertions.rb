# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # Minitest's assertions about steps and workflows: `include TaskerCore::Testing::Assertions`, or
    # `require "tasker_core/testing/minitest"` for all tests.
    module Assertions
      # Runs one step (see Testing.run) and expects it to succeed.
      #
      # @return [Outcome]
      def assert_step_succeeds(handler, results = (given = true) && nil, **arguments)
        outcome = Testing.run(handler, **arguments)
        assert outcome.success?, "#{handler} should succeed; it #{outcome}"
        assert_equal Testing.json([results]).first, outcome.results, "results of #{handler}" unless given
        outcome
      end

      # Runs one step and expects it to fail: with an error of that class, a message that fits, and to be retryable or not.
      #
      # @param with [Class, String, Regexp] class (or its name), or what its message must match
      # @return [Outcome]
      def assert_step_fails(handler, with: nil, retryable: nil, error_code: nil, **arguments)
        outcome = Testing.run(handler, **arguments)
        assert outcome.failure?, "#{handler} should fail; it #{outcome}"
        assert_step_error(outcome, with) if with
        assert_equal retryable, outcome.retryable?, "is it retryable? it #{outcome}" unless retryable.nil?
        assert_equal error_code, outcome.error["error_code"], "error_code of #{handler}" if error_code
        outcome
      end

      # Runs a workflow (see Testing.run_workflow) and expects it to complete.
      #
      # @return [WorkflowRun]
      def assert_workflow_completes(template, input = {}, **arguments)
        run = Testing.run_workflow(template, input, **arguments)
        assert run.complete?, "the workflow should complete; it is #{run}"
        run
      end

      # Runs a workflow and expects it to fail, at that step when one is named.
      #
      # @return [WorkflowRun]
      def assert_workflow_fails(template, input = {}, at: nil, **arguments)
        run = Testing.run_workflow(template, input, **arguments)
        refute run.complete?, "the workflow should fail; it is #{run}"
        assert_step_state("error", run, at) if at
        run
      end

      # Expects a step of the run to be in that state.
      def assert_step_state(state, run, name)
        assert_equal state.to_s, run.step(name)&.state, "state of step #{name} in\n#{run}"
      end

      # Expects a step of the run to have these results, symbols being as good as strings.
      def assert_step_results(results, run, name)
        assert_equal Testing.json([results]).first, run.results(name), "results of step #{name}"
      end

      # Expects a step of the run to have had so many attempts.
      def assert_step_attempts(count, run, name)
        assert_equal count, run.attempts(name), "attempts of step #{name} in\n#{run}"
      end

      # Did the steps start in this order? Others may have run between them.
      def assert_steps_ran_in_order(run, *names)
        names = names.flatten.map(&:to_s)
        assert_equal names, run.order & names, "order of starts was #{run.order.join(", ")}"
      end

      # The step was never started: not created, blocked, or cancelled before.
      def refute_step_ran(run, name)
        refute run.order.include?(name.to_s), "step #{name} should not run in\n#{run}"
      end

      private

      def assert_step_error(outcome, with)
        case with
        when Class then assert_equal with.name, outcome.error_class, "it #{outcome}"
        when Regexp then assert_match with, outcome.error_message
        else assert_includes [outcome.error_class, outcome.error_message], with.to_s, "it #{outcome}"
        end
      end
    end
  end
end
