# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # The step as the workflow file has it.
    class StepDefinition < IndifferentHash
      extend Fields

      reads :name, :description, :type, :dependencies, :retry, :timeout_seconds, :publishes_events

      # Which handler, with what.
      class Handler < IndifferentHash
        extend Fields

        reads :callable, :resolver, handler_method: :method

        # `initialization` and `method` are taken by Ruby itself as plain names; the hash has them all the same.
        def initialization
          self["initialization"] || {}
        end
      end

      # What the template says of the handler.
      def handler
        @handler ||= Handler.wrap(self["handler"] || {})
      end
    end
  end
end
