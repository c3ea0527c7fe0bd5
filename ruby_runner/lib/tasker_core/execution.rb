# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # The step that runs, as its helpers see it. `sink` takes ("step/progress", {...}) and knows the rest.
  class Execution
    attr_reader :input

    def initialize(input, sink:, cancelled: -> { false })
      @input = input
      @sink = sink
      @cancelled = cancelled
    end

    def progress(percent, message = nil)
      unless percent.is_a?(Numeric) && percent.to_f.finite? && percent.between?(0, 100)
        raise ArgumentError, "progress takes a number from 0 to 100, not #{percent.inspect}"
      end

      @sink.call("step/progress", { "percent" => percent.is_a?(Integer) ? percent : percent.to_f,
                                    "message" => message && ErrorReport.text(message) })
    end

    def heartbeat
      @sink.call("step/heartbeat", {})
    end

    def extend_deadline(seconds)
      unless seconds.respond_to?(:to_f) && seconds.to_f.finite? && seconds.to_f.positive?
        raise ArgumentError, "extend_deadline takes a positive number of seconds, not #{seconds.inspect}"
      end

      @sink.call("step/extend_deadline", { "seconds" => seconds.is_a?(Integer) ? seconds : seconds.to_f })
    end

    def cancelled?
      @cancelled.call
    end

    def logger
      Logger.instance
    end

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
