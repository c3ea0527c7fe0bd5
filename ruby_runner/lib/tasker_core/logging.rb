# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The logger under the name that it had for a while.
  module Logging
    Logger = TaskerCore::Logger
  end

  # tasker-core's structured log lines: `TaskerCore::Tracing.info("charged", { order: 7 })`.
  module Tracing
    class << self
      # @param fields [Hash] what else stands in the line
      %i[trace debug info warn error].each do |level|
        define_method(level) do |message, fields = {}, **more|
          Logger.instance.log_step(level == :trace ? :debug : level, message, **fields.to_h.transform_keys(&:to_sym), **more)
        end
      end
    end
  end
end
