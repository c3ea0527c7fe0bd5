# frozen_string_literal: true

module Decisions
  class Route < TaskerCore::StepHandler::Decision
    def call(context)
      names = context.get_input(context.step_name)
      return success(result: { no: "outcome" }) if names.nil?

      names.empty? ? decision_no_branches(result_data: { reason: "none" }) : decision_success(steps: names)
    end
  end

  class Step
    def process(task, sequence, step)
      raise TaskerCore::PermanentError, "asked to fail" if task.context[:fail] == step.name

      { step: step.name, ancestors: sequence.keys, direct: sequence.dependencies.map(&:name) }
    end
  end
end
