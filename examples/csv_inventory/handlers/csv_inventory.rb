# frozen_string_literal: true

require "csv"
require "tasker_core"

# A product file has the columns sku, quantity and cents.
module CsvInventory
  def self.rows(context)
    CSV.read(context.get_input(:file), headers: true)
  end

  # Cuts the rows into equal batches.
  class Analyze < TaskerCore::StepHandler::Batchable
    def call(context)
      count = CsvInventory.rows(context).size
      return no_batches_outcome(reason: "the file has no rows") if count.zero?

      create_batches_outcome(worker_template_name: "value_rows", total_items: count,
                             cursor_configs: create_cursor_configs(count, config[:max_workers]))
    end
  end

  # Values the rows of one batch, a few at a time: what is done is saved, and a crash goes on from there.
  class ValueRows < TaskerCore::StepHandler::Batchable
    def call(context)
      batch = get_batch_context(context)
      first = batch.checkpoint_cursor || batch.start_cursor
      last = [first + config[:rows_per_checkpoint], batch.end_cursor].min
      cents = value(CsvInventory.rows(context)[first...last]) + (batch.accumulated_results || {}).fetch("cents", 0)
      done = last - batch.start_cursor
      return batch_worker_success(items_processed: done, items_succeeded: done, results: { cents: cents }) if last == batch.end_cursor

      checkpoint_yield(cursor: last, items_processed: done, accumulated_results: { cents: cents })
    end

    private

    def value(rows)
      rows.sum { |row| Integer(row["quantity"]) * Integer(row["cents"]) }
    end
  end

  # Adds up.
  class Total < TaskerCore::StepHandler::Batchable
    def call(context)
      scenario = detect_aggregation_scenario(context.dependency_results, "analyze", "value_rows_")
      aggregate_batch_worker_results(scenario, zero_metrics: { rows: 0, cents: 0 }) do |results|
        { rows: results.values.sum { |result| result[:items_processed] },
          cents: results.values.sum { |result| result[:results][:cents] } }
      end
    end
  end
end
