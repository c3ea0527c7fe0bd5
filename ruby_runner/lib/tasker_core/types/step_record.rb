# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # A step that is done, as a later step sees it.
    class StepRecord < IndifferentHash
      extend Fields

      # `entry` is the engine's: workflow_step_id, step_uuid, name, state, results, dependency.
      def self.of(entry)
        done = entry["state"] != "error"
        wrap({ "workflow_step_uuid" => entry["step_uuid"], "success" => done, "status" => done ? "completed" : "error",
               "processed" => true, "result" => entry["results"], "metadata" => {}, "error" => nil,
               "orchestration_metadata" => nil }.merge(entry))
      end

      reads :workflow_step_id, :workflow_step_uuid, :step_uuid, :name, :state, :status, :success, :processed, :result,
            :results, :metadata, :error, :orchestration_metadata, id: :workflow_step_id, step_name: :name
      shows :name, :step_uuid

      # Whether the running step names it among its dependencies; else it is a farther ancestor.
      def dependency?
        self["dependency"] ? true : false
      end
    end
  end
end
