# frozen_string_literal: true

module TaskerCore
  module Runner
    # What all requests of one step of one template have in common. A request that refers to it says only what is its own,
    # and leaves out what follows from that (docs/protocol.md). Frozen.
    class Definition
      NOTHING = {}.freeze
      private_constant :NOTHING

      # Why a value is no definition; nil when it is one.
      def self.complaint(value)
        return "an object as its value, not #{Rpc.kind(value)}" unless value.is_a?(Hash)

        bad = %w[task step step_definition].find { |key| !value.fetch(key, NOTHING).is_a?(Hash) }
        "an object as its #{bad}, not #{Rpc.kind(value[bad])}" if bad
      end

      # @param value [Hash] as it came, frozen
      def initialize(value)
        @task = value.fetch("task", NOTHING)
        @step = value.fetch("step", NOTHING)
        @rest = value.except("task", "step").freeze
        freeze
      end

      # The params as they would have come whole. `own` are objects where objects belong.
      def complete(own)
        task = @task.merge(own["task"] || NOTHING)
        step = @step.merge(own["step"] || NOTHING)
        follow(task, step)
        whole = @rest.merge(own)
        whole["task"] = task
        whole["step"] = step
        whole
      end

      private

      # Texts that stand in two places are frozen, so that whoever changes one gets a copy.
      def follow(task, step)
        task["created_at"] = task["updated_at"] = step["created_at"] = step["updated_at"] = task["requested_at"].freeze
        step["task_id"] = task["task_id"]
        step["task_uuid"] = task["task_uuid"].freeze
        step["idempotency_key"] = step["workflow_step_uuid"].freeze
        attempt = step["attempt"]
        step["attempts"] ||= attempt - 1 if attempt.is_a?(Integer)
      end
    end
  end
end
