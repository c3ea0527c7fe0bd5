# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # The step that runs. `attempts` counts what came before (0 on the first run), `attempt` includes this one.
    class Step < IndifferentHash
      extend Fields

      reads :workflow_step_id, :workflow_step_uuid, :task_id, :task_uuid, :named_step_id, :named_step_uuid, :name,
            :template_step_name, :retryable, :retry_limit, :max_attempts, :in_process, :processed, :processed_at,
            :attempts, :last_attempted_at, :backoff_request_seconds, :inputs, :results, :skippable, :checkpoint,
            :idempotency_key, :attempt, :deadline, :created_at, :updated_at,
            id: :workflow_step_id, step_name: :name, step_uuid: :workflow_step_uuid
      writes :inputs, :backoff_request_seconds
      shows :name, :workflow_step_uuid
      alias retryable? retryable
      alias processed? processed
      alias in_process? in_process
      alias skippable? skippable

      # Assigning results makes them the step's, whatever the handler returns after that.
      def results=(value)
        @results_assignments = results_assignments + 1
        self["results"] = value
      end

      # How often `results=` was called.
      def results_assignments
        @results_assignments ||= 0
      end

      # True once `results=` was called.
      def results_assigned?
        results_assignments.positive?
      end

      # A step that a handler sees is the one that runs.
      def status
        self["status"] || "in_progress"
      end
      alias state status

      # The Rails engine's record of the step's name.
      def named_step
        NamedStep.new(self["named_step_id"], name, nil)
      end

      NamedStep = Struct.new(:named_step_id, :name, :description)
    end
  end
end
