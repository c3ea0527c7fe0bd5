# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    module Functional
      # What the block of a decision_handler returns.
      class Decision
        # Takes these branches; the rest goes into the step's result.
        #
        # @param steps [Array<String, Symbol>, String]
        def self.route(steps, **routing_context)
          new(Array(steps), routing_context)
        end

        # Takes none.
        def self.skip(reason, **routing_context)
          new([], { reason: reason }.merge(routing_context))
        end

        # The step's result; anything that is no Decision fails the step for good.
        def self.result(handler, value)
          unless value.is_a?(Decision)
            raise Errors::PermanentError.new(
              "#{handler.handler_name}: a decision's block returns Decision.route([...]) or Decision.skip(reason), not #{value.inspect}",
              error_code: "INVALID_DECISION_OUTCOME"
            )
          end
          return handler.decision_no_branches(result_data: value.routing_context) if value.skip?

          handler.decision_success(steps: value.steps, result_data: value.routing_context)
        end

        attr_reader :steps, :routing_context

        # @param steps [Array<String>] to create; empty: none
        def initialize(steps, routing_context)
          @steps = steps
          @routing_context = routing_context
          freeze
        end

        # "create_steps" or "no_branches".
        def type
          skip? ? "no_branches" : "create_steps"
        end

        # True when no branch is taken.
        def skip?
          steps.empty?
        end

        # True when there are steps to create.
        def route?
          !skip?
        end
      end
    end
  end
end
