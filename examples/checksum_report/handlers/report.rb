# frozen_string_literal: true

module ChecksumReport
  # Adds up. With no batches there are no workers, and the step that found none stands among its dependencies.
  class Report < TaskerCore::StepHandler::Batchable
    ZERO = { packages: 0, files: 0, bytes: 0, changed: [], missing: [] }.freeze

    def call(context)
      scenario = detect_aggregation_scenario(context.dependency_results, "cut", "verify_")
      aggregate_batch_worker_results(scenario, zero_metrics: ZERO) do |results|
        parts = results.values.map { |worker| worker[:results] }
        { packages: results.values.sum { |worker| worker[:items_processed] },
          files: parts.sum { |part| part[:files] },
          bytes: parts.sum { |part| part[:bytes] },
          changed: parts.flat_map { |part| part[:changed] },
          missing: parts.flat_map { |part| part[:missing] } }
      end
    end
  end
end
