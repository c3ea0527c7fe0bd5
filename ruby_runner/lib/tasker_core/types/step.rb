# frozen_string_literal: true

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
    end
  end
end
