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

    # The task, as handlers see it.
    def task
      @task ||= Types::Task.wrap(@fields["task"] || {})
    end

    # The step, as handlers see it.
    def step
      @step ||= Types::Step.wrap(with_inputs(@fields["step"] || {}))
    end

    # The steps before it, as handlers see them.
    def sequence
      @sequence ||= Types::StepSequence.new(@fields["sequence"] || {}, step)
    end

    # What the template says of the step.
    def step_definition
      @step_definition ||= Types::StepDefinition.wrap(@fields["step_definition"] || {})
    end

    # All of them in one.
    def context
      @context ||= Types::StepContext.new(task: task, workflow_step: step, sequence: sequence,
                                          step_definition: step_definition, handler_name: handler_name)
    end

    # The handler's configuration in the template.
    def initialization
      @fields.dig("step_definition", "handler", "initialization")
    end

    private

    # A step that got no inputs of its own (a batch worker has some) has the task's context there, as the originals gave it.
    def with_inputs(step)
      own = step["inputs"]
      return step unless own.nil? || own.empty?

      step.merge("inputs" => @fields.dig("task", "context") || {})
    end
  end
end
