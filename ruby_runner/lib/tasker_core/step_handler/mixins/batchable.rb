# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    module Mixins
      # For the three kinds of step of a batch: the one that cuts the work (`batchable`), the workers (`batch_worker`), and
      # the one that adds up what they did (`deferred_convergence`).
      module Batchable
        include Helpers

        # --- the step that cuts the work

        # Equal shares of `total` items for at most `workers` workers, counted from 0, `end_cursor` exclusive. The block
        # may change a cursor or return another one.
        #
        # @return [Array<Hash>] {batch_id "001"..., start_cursor, end_cursor, batch_size}
        def create_cursor_configs(total, workers)
          raise ArgumentError, "workers is a positive number, not #{workers.inspect}" unless workers.positive?
          return [] unless total.positive?

          share = total.fdiv(workers).ceil
          total.fdiv(share).ceil.times.map do |index|
            cursor = cursor_config(index, share, total)
            changed = block_given? ? yield(cursor, index) : cursor
            changed.is_a?(Hash) ? changed : cursor
          end
        end

        # Return this when there is nothing to do.
        def no_batches_outcome(reason:, metadata: {})
          success(result: { batch_processing_outcome: Types::BatchProcessingOutcome.no_batches.to_h, reason: reason }
                            .merge(metadata || {}))
        end

        # Return this to have one worker step per cursor.
        #
        # @param worker_template_name [String] name of the step of type batch_worker
        # @param cursor_configs [Array<Hash>] see create_cursor_configs; values may be of any JSON type
        def create_batches_outcome(worker_template_name:, cursor_configs:, total_items:, metadata: {})
          outcome = Types::BatchProcessingOutcome.create_batches(
            worker_template_name: worker_template_name, cursor_configs: cursor_configs, total_items: total_items
          )
          success(result: { batch_processing_outcome: outcome.to_h, worker_count: outcome.worker_count,
                            total_items: total_items }.merge(metadata || {}))
        end

        # --- the workers

        # @return [BatchProcessing::BatchWorkerContext]
        def get_batch_context(context)
          BatchProcessing::BatchWorkerContext.from_step_data(context)
        end

        # The result of a worker that has nothing to do; nil for every other.
        def handle_no_op_worker(batch_context)
          return unless batch_context.no_op?

          success(result: { batch_id: batch_context.batch_id, no_op: true, items_processed: 0, items_succeeded: 0,
                            items_failed: 0, processed_count: 0 })
        end

        # What a worker reports when its batch is done.
        def batch_worker_success(items_processed:, items_succeeded:, items_failed: 0, items_skipped: 0, last_cursor: nil,
                                 results: nil, errors: nil, metadata: {})
          success(result: { items_processed: items_processed, items_succeeded: items_succeeded, items_failed: items_failed,
                            items_skipped: items_skipped, last_cursor: last_cursor, results: results, errors: errors },
                  metadata: metadata)
        end

        # --- the step that adds up

        # @param dependencies [Types::DependencyResults]
        # @param analyzer_step [String] the step that cut the work
        # @param worker_prefix [String] how the names of its workers begin
        # @return [BatchProcessing::BatchAggregationScenario]
        def detect_aggregation_scenario(dependencies, analyzer_step, worker_prefix)
          BatchProcessing::BatchAggregationScenario.detect(dependencies, analyzer_step, worker_prefix)
        end

        # What the convergence returns when there was nothing to cut.
        def no_batches_aggregation_result(metadata: {})
          success(result: { worker_count: 0, scenario: "no_batches" }.merge(metadata || {}))
        end

        # The block makes one hash of {worker's step name => its result}; without batches `zero_metrics` stands for it.
        def aggregate_batch_worker_results(scenario, zero_metrics: {})
          return no_batches_aggregation_result(metadata: zero_metrics) if scenario.no_batches?

          success(result: yield(scenario.batch_results).to_h.merge(worker_count: scenario.worker_count,
                                                                   scenario: "with_batches"))
        end

        # A field within what another step returned; `dependencies` is a sequence, a context, or its dependency_results.
        def get_dependency_result(dependencies, step_name, *keys)
          dependencies = dependencies.dependency_results if dependencies.respond_to?(:dependency_results)
          keys.reduce(dependencies.get_results(step_name)) do |value, key|
            value.is_a?(Hash) || (value.is_a?(Array) && key.is_a?(Integer)) ? value[key] : nil
          end
        end

        private

        def cursor_config(index, share, total)
          first = index * share
          last = [first + share, total].min
          Indifferent.from_ruby("batch_id" => format("%03d", index + 1), "start_cursor" => first, "end_cursor" => last,
                                "batch_size" => last - first)
        end
      end
    end
  end
end
