# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    module Mixins
      # For steps of type `decision`: say which of the steps behind it shall exist.
      module Decision
        include Helpers

        INVALID = "INVALID_DECISION_OUTCOME"

        # Takes these branches.
        #
        # @param steps [String, Symbol, Array<String, Symbol>] names of steps of the template
        # @param result_data [Hash] what else the step's result shall hold
        # @param metadata [Hash] recorded beside the result
        # @raise [Errors::PermanentError] INVALID_DECISION_OUTCOME when a name is none
        def decision_success(steps:, result_data: {}, metadata: {})
          names = steps.is_a?(Array) ? steps : [steps]
          decided({ type: "create_steps", step_names: names }, result_data, metadata)
        end

        # Takes no branch: the steps that only this decision could create will never exist.
        def decision_no_branches(result_data: {}, metadata: {})
          decided({ type: "no_branches" }, result_data, metadata)
        end
        alias skip_branches decision_no_branches

        # @param outcome [Hash, Types::DecisionPointOutcome::CreateSteps, Types::DecisionPointOutcome::NoBranches]
        def decision_with_custom_outcome(outcome:, result_data: {}, metadata: {})
          decided(outcome, result_data, metadata)
        end

        # @return [Types::DecisionPointOutcome::CreateSteps, Types::DecisionPointOutcome::NoBranches]
        # @raise [Errors::PermanentError] INVALID_DECISION_OUTCOME
        def validate_decision_outcome!(outcome)
          valid = Types::DecisionPointOutcome.from_hash(outcome.respond_to?(:to_h) ? outcome.to_h : outcome)
          return valid if valid

          raise Errors::PermanentError.new(
            "a decision is {type: \"create_steps\", step_names: [...]} with at least one name, or {type: \"no_branches\"}, " \
            "not #{outcome.inspect}", error_code: INVALID
          )
        end

        private

        def decided(outcome, result_data, metadata)
          outcome = validate_decision_outcome!(outcome)
          success(result: (result_data || {}).to_h.merge(decision_point_outcome: outcome.to_h),
                  metadata: { decision_point: true, outcome_type: outcome.type, branches_created: outcome.step_names.size }
                            .merge(metadata || {}))
        end
      end
    end
  end
end
