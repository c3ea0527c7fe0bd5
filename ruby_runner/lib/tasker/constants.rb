# frozen_string_literal: true

require "tasker"

module Tasker
  # The Rails engine's names of states.
  module Constants
    # States of steps.
    module WorkflowStepStatuses
      PENDING = "pending"
      IN_PROGRESS = "in_progress"
      ERROR = "error"
      COMPLETE = "complete"
      RESOLVED_MANUALLY = "resolved_manually"
      CANCELLED = "cancelled"
      VALID_STEP_COMPLETION_STATES = [COMPLETE, RESOLVED_MANUALLY, CANCELLED].freeze
    end

    # States of tasks.
    module TaskStatuses
      PENDING = "pending"
      IN_PROGRESS = "in_progress"
      ERROR = "error"
      COMPLETE = "complete"
      RESOLVED_MANUALLY = "resolved_manually"
      CANCELLED = "cancelled"
    end
  end
end
