# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # The task that a step belongs to.
    class Task < IndifferentHash
      extend Fields

      reads :task_id, :task_uuid, :named_task_id, :named_task_uuid, :name, :namespace_name, :version, :complete,
            :requested_at, :initiator, :source_system, :reason, :bypass_steps, :tags, :identity_hash, :priority,
            :correlation_id, :parent_correlation_id, :created_at, :updated_at,
            id: :task_id, namespace: :namespace_name, task_name: :name, task_version: :version
      shows :name, :task_uuid

      # The input of the task.
      def context
        self["context"] || ((self["context"] = {}) && self["context"])
      end
      alias context_data context

      # A task that a handler sees is running.
      def status
        self["status"] || "in_progress"
      end
      alias state status

      # The Rails engine's notes on a task; no one writes any here.
      def annotations
        self["annotations"] || []
      end

      # The Rails engine's record of what the task is called.
      def named_task
        NamedTask.new(self["named_task_id"], name, namespace_name, version)
      end

      NamedTask = Struct.new(:named_task_id, :name, :namespace_name, :version)
    end
  end
end
