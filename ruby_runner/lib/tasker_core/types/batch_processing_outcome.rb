# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # What a batchable step found: the batches to work on, or that there is nothing to do.
    module BatchProcessingOutcome
      # One batch worker per cursor.
      class CreateBatches
        TYPE = "create_batches"

        attr_reader :worker_template_name, :worker_count, :cursor_configs, :total_items

        # @param worker_template_name [String] name of a step of type batch_worker
        # @param cursor_configs [Array<Hash>] each with a batch_id, and whatever the worker needs
        # @param total_items [Integer]
        # @param worker_count [Integer] how many cursors there are, which is also the default
        def initialize(worker_template_name:, cursor_configs:, total_items:, worker_count: cursor_configs.size)
          raise ArgumentError, "create_batches needs at least one cursor" if cursor_configs.empty?
          unless worker_count == cursor_configs.size
            raise ArgumentError, "worker_count is #{worker_count}, but there are #{cursor_configs.size} cursor_configs"
          end

          @worker_template_name = worker_template_name.to_s
          @cursor_configs = cursor_configs
          @total_items = total_items
          @worker_count = worker_count
        end

        # "create_batches".
        def type
          TYPE
        end

        # True.
        def requires_batch_creation?
          true
        end

        # As it stands in the step's result.
        def to_h
          { type: TYPE, worker_template_name: worker_template_name, worker_count: worker_count,
            cursor_configs: cursor_configs, total_items: total_items }
        end

        # True for another one of its kind.
        def ==(other)
          other.is_a?(CreateBatches) && other.to_h == to_h
        end
      end

      # Nothing to do: no worker step shall exist.
      class NoBatches
        TYPE = "no_batches"

        # "no_batches".
        def type
          TYPE
        end

        # None.
        def cursor_configs
          []
        end

        # None.
        def worker_count
          0
        end

        # False.
        def requires_batch_creation?
          false
        end

        # As the engine reads it in a result.
        def to_h
          { type: TYPE }
        end

        # True for one that asks for the same.
        def ==(other)
          other.is_a?(NoBatches)
        end
      end

      class << self
        # @return [CreateBatches]
        def create_batches(**fields)
          CreateBatches.new(**fields)
        end

        # @return [NoBatches]
        def no_batches
          NoBatches.new
        end

        # The outcome that a hash describes, keys as texts or symbols; nil when it describes none.
        def from_hash(hash)
          return hash if hash.is_a?(CreateBatches) || hash.is_a?(NoBatches)
          return unless hash.is_a?(Hash)

          fields = hash.transform_keys(&:to_sym)
          case fields[:type].to_s
          when NoBatches::TYPE then no_batches
          when CreateBatches::TYPE
            create_batches(**fields.slice(:worker_template_name, :cursor_configs, :total_items))
          end
        rescue ArgumentError, NoMethodError
          nil
        end
      end
    end
  end
end
