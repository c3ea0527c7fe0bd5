# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module BatchProcessing
    # What the step behind the batch workers finds: their results, or that there was nothing to do.
    class BatchAggregationScenario
      # @param dependency_results [Types::DependencyResults] or anything with get_results(name) and keys
      # @param batchable_step_name [String] the step that cut the work into batches
      # @param batch_worker_prefix [String] how the names of its workers begin
      def self.detect(dependency_results, batchable_step_name, batch_worker_prefix)
        batchable_result = dependency_results.get_results(batchable_step_name.to_s)
        outcome = batchable_result.is_a?(Hash) ? batchable_result["batch_processing_outcome"] : nil
        outcome = Types::BatchProcessingOutcome.from_hash(outcome)
        return new(batchable_result, {}, no_batches: true) if outcome && !outcome.requires_batch_creation?

        names = dependency_results.keys.map(&:to_s).select { |name| name.start_with?(batch_worker_prefix.to_s) }
        new(batchable_result, names.to_h { |name| [name, dependency_results.get_results(name)] }, no_batches: false)
      end

      # What the batchable step returned.
      attr_reader :batchable_result
      # What each worker returned, by its step's name; empty when there were no batches.
      attr_reader :batch_results

      # @param batch_results [Hash] what the workers returned, by step name
      def initialize(batchable_result, batch_results, no_batches:)
        @batchable_result = batchable_result
        @batch_results = batch_results
        @no_batches = no_batches
      end

      # True when there was nothing to cut, so no worker ran.
      def no_batches?
        @no_batches
      end

      # True when workers ran.
      def with_batches?
        !@no_batches
      end

      # How many workers there were.
      def worker_count
        batch_results.size
      end
    end
  end
end
