# frozen_string_literal: true

module Batches
  class Cut < TaskerCore::StepHandler::Batchable
    def call(context)
      total = context.get_input(:total)
      return no_batches_outcome(reason: "nothing") if total.zero?

      create_batches_outcome(worker_template_name: "work", total_items: total,
                             cursor_configs: create_cursor_configs(total, context.get_input_or(:workers, 3)))
    end
  end

  # Two items per call; the sum goes from checkpoint to checkpoint.
  class Work < TaskerCore::StepHandler::Batchable
    def call(context)
      batch = get_batch_context(context)
      first = batch.checkpoint_cursor || batch.start_cursor
      last = [first + 2, batch.end_cursor].min
      fail_as_asked(context, batch, first)
      sum = ((batch.accumulated_results || {})["sum"] || 0) + (first...last).sum
      if last == batch.end_cursor
        return batch_worker_success(items_processed: batch.batch_size, items_succeeded: batch.batch_size,
                                    results: { sum: sum, id: batch.batch_id, strategy: batch.failure_strategy,
                                               cut: context.get_dependency_result("cut") })
      end

      checkpoint_yield(cursor: last, items_processed: last - batch.start_cursor, accumulated_results: { sum: sum })
    end

    private

    # For good, or once behind the first checkpoint.
    def fail_as_asked(context, batch, first)
      raise TaskerCore::PermanentError, "bad batch" if context.get_input(:bad) == batch.batch_id

      raise "once" if context.get_input(:crash) == batch.batch_id && first > batch.start_cursor && context.retry_count.zero?
    end
  end

  class Total < TaskerCore::StepHandler::Batchable
    def call(context)
      scenario = detect_aggregation_scenario(context.dependency_results, "cut", "work_")
      aggregate_batch_worker_results(scenario, zero_metrics: { sum: 0 }) do |results|
        { sum: results.values.compact.sum { |result| result[:results][:sum] }, names: results.keys }
      end
    end
  end
end
