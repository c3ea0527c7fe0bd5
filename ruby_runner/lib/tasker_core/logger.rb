# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # A logger whose lines reach the engine with the step's identity: `logger.info("charged", order: 7)`. It keeps no
  # level of its own; the engine filters.
  class Logger
    LEVELS = %w[debug info warn error].freeze

    # Of whatever step runs when it is used, so it may be kept in a constant.
    def self.instance
      @instance ||= new(->(level, message, fields) { TaskerCore.current.log(level, message, fields) })
    end

    # @param sink [#call] takes a level, a message and fields
    def initialize(sink)
      @sink = sink
    end

    LEVELS.each do |level|
      define_method(level) do |message = nil, **fields, &block|
        add(level, message.nil? && block ? block.call : message, fields)
      end
      define_method("#{level}?") { true }
    end

    # The wire knows four levels; what is fatal to a step is an error to the engine.
    alias fatal error
    alias fatal? error?
    alias unknown error

    # Events of a step, a task, ...: a line whose text is the event and whose fields are the rest.
    def log_step(level, event, **fields)
      add(LEVELS.include?(level.to_s) ? level.to_s : "info", event, fields)
    end
    %i[log_task log_handler log_orchestration log_ffi log_config log_database log_registry log_queue_worker].each do |name|
      alias_method name, :log_step
    end

    private

    def add(level, message, fields)
      @sink.call(level, message.is_a?(String) ? message : message.inspect, fields)
      true
    end
  end
end
