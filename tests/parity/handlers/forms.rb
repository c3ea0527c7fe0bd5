# frozen_string_literal: true

require "tasker_core"

include TaskerCore::StepHandler::Functional # rubocop:disable Style/MixinUsage

step_handler("forms.block", depends_on: { squared: "call" }, inputs: [:n]) { |squared:, n:| { sum: squared[:square] + n } }
TaskerCore.register("forms.callable") { |context| context.get_dependency_field("block", :sum) }

module Forms
  class Bridge
    def process(task, _sequence, step)
      puts "a line that is no result"
      { n: task.context[:n], same: task["context"]["n"], step: step.name, nested: { list: [{ deep: :symbol }] } }
    end

    def process_results(_step, process_output, _initial_results = nil)
      process_output.merge(seen: process_output[:nested][:list].first[:deep])
    end
  end

  class CallWithThree
    def call(_task, sequence, step)
      before = sequence.get_results("bridge")
      TaskerCore::Types::StepHandlerCallResult.success(
        result: { list: [before[:nested]["list"][0][:deep], before.dig("nested", :list, 0, "deep")], attempts: step.attempts }
      )
    end
  end

  class CallWithContext < TaskerCore::StepHandler::Base
    def call(context)
      success(result: { square: context.get_input(:n)**2, unit: config[:unit], ancestors: context.dependency_results.keys })
    end

    def other(context)
      success(result: [context.step_name, context.get_dependency_field("call", :square)])
    end
  end

  class Rails < Tasker::StepHandler::Base
    def process(_task, sequence, step)
      step.results = { found: sequence.find_step_by_name("bridge").results[:n], all: sequence.steps.map(&:name) }
      nil
    end
  end
end
