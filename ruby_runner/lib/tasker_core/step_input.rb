# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The arguments of one step, built from the engine's hashes when a form asks for them.
  class StepInput
    attr_reader :handler_name, :initial_results

    # `fields` has "task", "step", "sequence" and "step_definition", each optional.
    def initialize(handler_name, fields)
      @handler_name = handler_name
      @fields = fields
      @initial_results = fields.dig("step", "results")
    end

    def task
      @task ||= Types::Task.wrap(@fields["task"] || {})
    end

    def step
      @step ||= Types::Step.wrap(@fields["step"] || {})
    end

    def sequence
      @sequence ||= Types::StepSequence.new(@fields["sequence"] || {}, step)
    end

    def step_definition
      @step_definition ||= Types::StepDefinition.wrap(@fields["step_definition"] || {})
    end

    def context
      @context ||= Types::StepContext.new(task: task, workflow_step: step, sequence: sequence,
                                          step_definition: step_definition, handler_name: handler_name)
    end

    def initialization
      @fields.dig("step_definition", "handler", "initialization")
    end
  end
end
