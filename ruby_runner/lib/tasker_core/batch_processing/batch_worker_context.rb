# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module BatchProcessing
    # A batch worker's share of the work: its cursor, and how far an earlier run of it came.
    class BatchWorkerContext
      # @param step [Types::Step, Types::StepContext, Hash] the batch worker's step
      def self.from_step_data(step)
        step = step.workflow_step if step.respond_to?(:workflow_step)
        step = Types::Step.new(step) if step.instance_of?(Hash)
        new(step.inputs || {}, step.checkpoint)
      end

      # The batch's cursor as the batchable step made it.
      attr_reader :cursor
      # {cursor_field, failure_strategy, ...} of the template's batch_config.
      attr_reader :batch_metadata
      # {cursor, items_processed, accumulated_results, ...} of the last checkpoint_yield; nil on a fresh start.
      attr_reader :checkpoint

      # @param inputs [Hash] of a worker step: cursor, batch_metadata, is_no_op
      def initialize(inputs, checkpoint = nil)
        inputs = Indifferent.from_ruby(inputs)
        @cursor = hash_of(inputs["cursor"])
        @batch_metadata = hash_of(inputs["batch_metadata"])
        @no_op = inputs["is_no_op"] ? true : false
        @checkpoint = checkpoint.nil? ? nil : Indifferent.from_ruby(checkpoint)
      end

      # True for a worker that exists only for form's sake.
      def no_op?
        @no_op
      end

      # "001" and so on; "unknown" outside a batch.
      def batch_id
        cursor["batch_id"] || "unknown"
      end

      # Where the batch begins, of any JSON type.
      def start_cursor
        cursor["start_cursor"]
      end

      # Exclusive.
      def end_cursor
        cursor["end_cursor"]
      end

      # How many items it has.
      def batch_size
        cursor["batch_size"]
      end

      # The template's batch_config.cursor_field.
      def cursor_field
        batch_metadata["cursor_field"]
      end

      # The template's batch_config.failure_strategy.
      def failure_strategy
        batch_metadata["failure_strategy"]
      end

      # How many items lie between two checkpoints, where the batch's metadata say so.
      def checkpoint_interval
        batch_metadata["checkpoint_interval"]
      end

      # True when an earlier run of this step has put down a checkpoint.
      def checkpoint?
        !checkpoint_cursor.nil?
      end
      alias has_checkpoint? checkpoint?

      # Where to go on; nil on a fresh start.
      def checkpoint_cursor
        @checkpoint && @checkpoint["cursor"]
      end

      # Items that were done before.
      def checkpoint_items_processed
        (@checkpoint && @checkpoint["items_processed"]) || 0
      end

      # What was saved with them.
      def accumulated_results
        @checkpoint && @checkpoint["accumulated_results"]
      end

      # The batch and where it stands.
      def inspect
        "#<#{self.class} batch_id=#{batch_id.inspect} cursor=#{cursor.inspect}>"
      end

      private

      # Outside a batch the inputs are the task's context, where the names may mean something else.
      def hash_of(value)
        value.is_a?(Hash) ? value : Indifferent.from_ruby({})
      end
    end
  end
end
