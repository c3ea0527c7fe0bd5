# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # The one argument of `call(context)`: the step, its task, and what the ancestors left.
    class StepContext
      attr_reader :task, :workflow_step, :sequence, :step_definition, :handler_name

      # Made by the runner and the test kit.
      def initialize(task:, workflow_step:, sequence:, step_definition:, handler_name:)
        @task = task
        @workflow_step = workflow_step
        @sequence = sequence
        @step_definition = step_definition
        @handler_name = handler_name
      end

      # The results of all ancestors.
      def dependency_results
        @sequence.dependency_results
      end

      # The task's id.
      def task_uuid
        @task.task_uuid
      end

      # The step's id.
      def step_uuid
        @workflow_step.workflow_step_uuid
      end

      # The step's name.
      def step_name
        @workflow_step.name
      end

      # The namespace of the task's template.
      def namespace_name
        @task.namespace_name
      end

      # The task's input.
      def context
        @task.context
      end

      # A field of the task's context.
      def get_input(name)
        context[name.to_s]
      end
      alias get_task_field get_input

      # The default stands in for an absent field and for null.
      def get_input_or(name, default)
        value = get_input(name)
        value.nil? ? default : value
      end

      # The step's own inputs (a batch worker's cursor, for one); the task's context where it has none.
      def input_data
        @workflow_step.inputs || {}
      end
      alias step_inputs input_data

      # The handler's configuration in the template.
      def step_config
        @step_definition.handler.initialization
      end

      # A field of that configuration.
      def get_config(key)
        step_config[key.to_s]
      end

      # The value that a step before this one returned; nil when there is none.
      def get_dependency_result(step_name)
        dependency_results.get_results(step_name)
      end

      # A field within what a dependency returned; nil where the path ends early.
      def get_dependency_field(step_name, *path)
        path.reduce(get_dependency_result(step_name)) do |value, key|
          case value
          when Hash then value[key]
          when Array then key.is_a?(Integer) ? value[key] : nil
          end
        end
      end

      # Attempts before this one.
      def retry_count
        @workflow_step.attempts || 0
      end

      # All attempts, the first included.
      def max_retries
        @workflow_step.max_attempts || 3
      end

      # True when it has run before.
      def retry?
        retry_count.positive?
      end
      alias is_retry? retry?

      # True when there is no attempt after this one.
      def last_retry?
        retry_count >= max_retries - 1
      end
      alias is_last_retry? last_retry?

      # Whether it would be tried again.
      def retryable?
        @workflow_step.retryable ? true : false
      end

      # What an earlier run of this attempt saved with checkpoint_yield; nil on a fresh start.
      def checkpoint
        @workflow_step.checkpoint
      end

      # True when an earlier run has put down a checkpoint.
      def checkpoint?
        !checkpoint.nil?
      end
      alias has_checkpoint? checkpoint?

      # The cursor of the last checkpoint, or nil.
      def checkpoint_cursor
        checkpoint && checkpoint["cursor"]
      end

      # How many items were done at the last checkpoint; 0 without one.
      def checkpoint_items_processed
        (checkpoint && checkpoint["items_processed"]) || 0
      end

      # What was put down with the last checkpoint, or nil.
      def accumulated_results
        checkpoint && checkpoint["accumulated_results"]
      end

      # Short: Ruby puts it into the message of a NoMethodError, which is stored and shown.
      def inspect
        "#<#{self.class} step=#{step_name.inspect} task=#{@task.name.inspect}>"
      end
    end
  end
end
