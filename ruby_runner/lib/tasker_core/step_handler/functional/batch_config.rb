# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module StepHandler
    module Functional
      # What the block of a batch_analyzer returns: how many items there are, and how many a worker shall get.
      class BatchConfig
        attr_reader :total_items, :batch_size, :metadata

        # @param batch_size [Integer] items per worker at most
        def initialize(total_items:, batch_size:, metadata: {})
          unless total_items.is_a?(Integer) && !total_items.negative?
            raise ArgumentError, "total_items is a number of items, not #{total_items.inspect}"
          end
          unless batch_size.is_a?(Integer) && batch_size.positive?
            raise ArgumentError, "batch_size is a positive number, not #{batch_size.inspect}"
          end

          @total_items = total_items
          @batch_size = batch_size
          @metadata = metadata || {}
          freeze
        end

        # The step's result.
        def self.result(handler, value, worker_template)
          unless value.is_a?(BatchConfig)
            raise Errors::PermanentError.new("#{handler.handler_name}: a batch_analyzer's block returns a BatchConfig, " \
                                             "not #{value.inspect}", error_code: "INVALID_BATCH_CONFIG")
          end
          return handler.no_batches_outcome(reason: "no items", metadata: value.metadata) if value.total_items.zero?

          handler.create_batches_outcome(worker_template_name: worker_template.to_s, total_items: value.total_items,
                                         cursor_configs: value.cursor_configs, metadata: value.metadata)
        end

        # Each at most batch_size long.
        def cursor_configs
          (0...total_items).step(batch_size).each_with_index.map do |first, index|
            last = [first + batch_size, total_items].min
            Indifferent.from_ruby("batch_id" => format("%03d", index + 1), "start_cursor" => first, "end_cursor" => last,
                                  "batch_size" => last - first)
          end
        end
      end
    end
  end
end
