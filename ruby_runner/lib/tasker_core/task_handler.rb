# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # Task handlers of tasker-core's first year: their files load, and their steps stand in a workflow file. Nobody calls them.
  module TaskHandler
    # The base class that they named.
    class Base
      attr_reader :config

      def initialize(config = {}, **more)
        @config = config.to_h.merge(more)
      end

      def logger
        Logger.instance
      end

      def initialize_task(_task_request)
        nil
      end

      def handle(_task_id)
        nil
      end
    end
  end
end
