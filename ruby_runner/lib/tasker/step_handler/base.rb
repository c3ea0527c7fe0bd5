# frozen_string_literal: true

require "tasker"

module Tasker
  module StepHandler
    # A handler of the Rails engine: `process(task, sequence, step)`, and if it likes
    # `process_results(step, process_output, initial_results)`. Its result is what `step.results` holds in the end.
    class Base
      include Helpers

      # Which of Forms' entries a class below this one is meant for.
      def self.tasker_form
        "rails"
      end

      # Events of its own, as [{ name:, description: }].
      def self.custom_event_configuration
        []
      end

      # The step's handler_config (handler.initialization).
      attr_reader :config

      # @param config [Hash, nil] the template's handler_config
      def initialize(config: nil)
        @config = config
      end

      # The framework's entry; not to be overridden.
      #
      # @return what `process` returned
      def handle(task, sequence, step)
        step["results"] = {} if step.results.nil?
        initial_results = step.results
        output = process(task, sequence, step)
        process_results(step, output, initial_results)
        output
      end

      # What the handler does. To be overridden.
      def process(_task, _sequence, _step)
        raise NotImplementedError, "#{self.class} has no process(task, sequence, step)"
      end

      # What `process` returned becomes the step's results, unless the handler assigned some.
      def process_results(step, process_output, initial_results)
        return if step.results_assigned? || step.results != initial_results

        step.results = process_output
      end
    end
  end
end
