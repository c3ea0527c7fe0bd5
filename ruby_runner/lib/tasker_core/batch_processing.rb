# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # What batch workers and the step behind them look at.
  module BatchProcessing
    autoload :BatchAggregationScenario, "tasker_core/batch_processing/batch_aggregation_scenario"
    autoload :BatchWorkerContext, "tasker_core/batch_processing/batch_worker_context"
  end
end
