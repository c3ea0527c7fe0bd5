# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # Task handlers of tasker-core's first year: their files load, and their steps stand in a workflow file. Nobody calls them.
  module TaskHandler
    # The base class that they named.
    class Base
      attr_reader :config

      # @param config [Hash]
      def initialize(config = {}, **more)
        @config = config.to_h.merge(more)
      end

      # Logs lines of the step that runs.
      def logger
        Logger.instance
      end

      # There in the originals; here tasks are started by the engine.
      def initialize_task(_task_request)
        nil
      end

      # There in the originals; here tasks are run by the engine.
      def handle(_task_id)
        nil
      end
    end
  end
end
