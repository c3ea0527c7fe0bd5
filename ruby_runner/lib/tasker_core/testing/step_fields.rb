# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # The hashes that a step of a workflow gets, as the engine writes them.
    class StepFields
      # @param context [Hash] the task's
      def initialize(template, context)
        @template = template
        @task = TASK.merge("name" => template.name, "namespace_name" => template.namespace_name, "version" => template.version,
                           "context" => context)
      end

      # @param total [Integer] number of steps that exist
      def of(step, total)
        Testing.json("task" => @task, "step" => fields(step), "step_definition" => definition(step),
                     "sequence" => { "total_steps" => total, "current_position" => step.index,
                                     "steps" => step.ancestors.map { |ancestor| entry(step, ancestor) } })
      end

      private

      def fields(step)
        policy = step.template.retry_policy
        STEP.merge("workflow_step_id" => 1_000_001 + step.index, "workflow_step_uuid" => uuid(step), "name" => step.name,
                   "template_step_name" => step.template.name, "retryable" => policy.retryable?,
                   "retry_limit" => policy.max_attempts, "max_attempts" => policy.max_attempts, "attempts" => step.attempts,
                   "attempt" => step.attempts + 1, "inputs" => step.inputs || {}, "checkpoint" => step.checkpoint,
                   "idempotency_key" => "test/#{step.name}")
      end

      def definition(step)
        of = step.template
        { "name" => of.name, "description" => of.description, "type" => of.type, "handler" => of.handler,
          "dependencies" => of.dependencies, "retry" => of.retry_policy.to_h, "timeout_seconds" => of.timeout_seconds,
          "publishes_events" => of.publishes_events }
      end

      def entry(step, ancestor)
        { "workflow_step_id" => 1_000_001 + ancestor.index, "step_uuid" => uuid(ancestor), "name" => ancestor.name,
          "state" => ancestor.state, "results" => results(step, ancestor), "dependency" => step.parents.include?(ancestor) }
      end

      # A batch worker sees no cursor but its own: the list of all would go to every one of them.
      def results(step, ancestor)
        results = ancestor.results
        return results unless step.batch && ancestor.template.type == "batchable" && results.is_a?(Hash)

        outcome = results["batch_processing_outcome"]
        return results unless outcome.is_a?(Hash) && outcome.key?("cursor_configs")

        results.merge("batch_processing_outcome" => outcome.merge("cursor_configs" => []))
      end

      def uuid(step)
        format("00000000-0000-7000-8000-%012d", step.index + 1)
      end
    end
  end
end
