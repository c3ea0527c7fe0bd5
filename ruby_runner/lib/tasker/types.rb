# frozen_string_literal: true

require "tasker"

module Tasker
  # The Rails engine's names of what handlers see.
  module Types
    StepSequence = TaskerCore::Types::StepSequence
    StepTemplate = Struct.new(:dependent_system, :name, :description, :default_retryable, :default_retry_limit, :skippable,
                              :handler_class, :depends_on_step, :depends_on_steps, :handler_config, :custom_events,
                              keyword_init: true)
  end
  Task = TaskerCore::Types::Task
  WorkflowStep = TaskerCore::Types::Step
end
