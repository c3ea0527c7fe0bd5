# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The step that runs, as its helpers see it. `sink` takes ("step/progress", {...}) and knows the rest.
  class Execution
    attr_reader :input

    # @param sink [#call] takes what the step tells: a method of the protocol and its parameters
    def initialize(input, sink:, cancelled: -> { false })
      @input = input
      @sink = sink
      @cancelled = cancelled
    end

    # Tells how far the step is, in percent or with a message.
    def progress(percent, message = nil)
      unless percent.is_a?(Numeric) && percent.to_f.finite? && percent.between?(0, 100)
        raise ArgumentError, "progress takes a number from 0 to 100, not #{percent.inspect}"
      end

      @sink.call("step/progress", { "percent" => percent.is_a?(Integer) ? percent : percent.to_f,
                                    "message" => message && ErrorReport.text(message) })
    end

    # Tells that the step is alive.
    def heartbeat
      @sink.call("step/heartbeat", {})
    end

    # Asks for at least so many seconds from now.
    def extend_deadline(seconds)
      unless seconds.respond_to?(:to_f) && seconds.to_f.finite? && seconds.to_f.positive?
        raise ArgumentError, "extend_deadline takes a positive number of seconds, not #{seconds.inspect}"
      end

      @sink.call("step/extend_deadline", { "seconds" => seconds.is_a?(Integer) ? seconds : seconds.to_f })
    end

    # True once the engine has asked the step to stop.
    def cancelled?
      @cancelled.call
    end

    # Logs lines of this step.
    def logger
      Logger.instance
    end

    # Tells one line of the step's log.
    def log(level, message, fields)
      @sink.call("log", { "level" => level, "message" => ErrorReport.text(message), "fields" => loggable(fields) })
    end

    private

    # A log line is never a reason to fail a step: what can't be written is shown by its inspect.
    def loggable(fields)
      Conversion.new(fields, "fields").to_json_value
    rescue Conversion::Unserializable
      fields.to_h { |key, value| [key.to_s, ErrorReport.text(value.inspect)] }
    end

    # Without a running step: log lines go to stderr, the rest has no one to tell.
    OUTSIDE = new(nil, sink: lambda { |method, params|
      warn("#{params["level"]}: #{params["message"]}") if method == "log"
    })
  end
end
