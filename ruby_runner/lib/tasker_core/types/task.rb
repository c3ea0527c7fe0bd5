# frozen_string_literal: true

module TaskerCore
  module Types
    # The task that a step belongs to.
    class Task < IndifferentHash
      extend Fields

      reads :task_id, :task_uuid, :named_task_id, :named_task_uuid, :name, :namespace_name, :version, :complete,
            :requested_at, :initiator, :source_system, :reason, :bypass_steps, :tags, :identity_hash, :priority,
            :correlation_id, :parent_correlation_id, :created_at, :updated_at,
            id: :task_id, namespace: :namespace_name, task_name: :name, task_version: :version

      # The input of the task.
      def context
        self["context"] || ((self["context"] = {}) && self["context"])
      end
    end
  end
end
