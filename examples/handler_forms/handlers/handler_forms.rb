# frozen_string_literal: true

require "tasker_core"

# One handler of each form; each takes the sum of the step before and adds to it.
module HandlerForms
  # The bridge: plain Ruby, with a second half.
  class Bridge
    def initialize(config:)
      @add = config[:add]
    end

    def process(task, _sequence, _step)
      task.context[:start] + @add
    end

    def process_results(_step, process_output, _initial_results = nil)
      { sum: process_output }
    end
  end

  # The same arguments, another name.
  class ThreeArguments
    def call(_task, sequence, step)
      { sum: sequence.get_results("bridge")[:sum] + 2, attempt: step.attempt }
    end
  end

  # One argument, with a base class for convenience; a template may name another method.
  class OneArgument < TaskerCore::StepHandler::Base
    def call(context)
      success(result: { sum: context.get_dependency_field("three_arguments", :sum) + config[:add] })
    end

    def twice(context)
      success(result: { sum: context.get_dependency_field("one_argument", :sum) * 2 })
    end
  end

  # The Rails engine's base class: what it assigns is the result.
  class RailsEngine < Tasker::StepHandler::Base
    def process(_task, sequence, step)
      step.results = { sum: sequence.find_step_by_name("callable").results[:sum] + 6, seen: sequence.steps.map(&:name) }
    end
  end

  extend TaskerCore::StepHandler::Functional
  # A block.
  step_handler("handler_forms.block", depends_on: { before: "another_method" }) { |before:| { sum: before[:sum] + 4 } }
  # Anything with `call`.
  TaskerCore.register("handler_forms.callable", ->(context) { { sum: context.get_dependency_field("block", :sum) + 5 } })
end
