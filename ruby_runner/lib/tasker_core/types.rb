# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The objects that a handler gets and returns.
  module Types
    autoload :BatchProcessingOutcome, "tasker_core/types/batch_processing_outcome"
    autoload :DecisionPointOutcome, "tasker_core/types/decision_point_outcome"
    autoload :DependencyResults, "tasker_core/types/dependency_results"
    autoload :Fields, "tasker_core/types/fields"
    autoload :Step, "tasker_core/types/step"
    autoload :StepContext, "tasker_core/types/step_context"
    autoload :StepDefinition, "tasker_core/types/step_definition"
    autoload :StepHandlerCallResult, "tasker_core/types/step_handler_call_result"
    autoload :StepRecord, "tasker_core/types/step_record"
    autoload :StepSequence, "tasker_core/types/step_sequence"
    autoload :Task, "tasker_core/types/task"
  end
end
