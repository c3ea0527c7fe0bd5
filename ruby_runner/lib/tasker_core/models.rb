# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The names that the objects of a StepContext had in tasker-core.
  module Models
    TaskWrapper = Types::Task
    WorkflowStepWrapper = Types::Step
    DependencyResultsWrapper = Types::DependencyResults
    StepDefinitionWrapper = Types::StepDefinition
    HandlerWrapper = Types::StepDefinition::Handler
  end
end
