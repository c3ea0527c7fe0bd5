# frozen_string_literal: true

require "tasker_core"
require "json"
require_relative "runner"

module TaskerCore
  # Runs one step in this process, without engine or wire, through the very code that answers the engine: so what it
  # returns is what would have been recorded.
  class Offline
    # What ends a step. Anything else (a test's assertion, Interrupt) is not the handler's and goes through.
    ENDS = [StandardError, ScriptError, SystemExit, SystemStackError, NoMemoryError, Cancelled].freeze
    LIMITS = Runner::Server::Limits.new(8_388_608, Conversion::MAX_DEPTH)

    attr_reader :messages

    # `handler` is a class, an object of one, anything that answers to `call`, or a Runner::Handler; `called` is what the
    # template calls it.
    def initialize(handler, fields, cancelled: false, called: nil)
      @handler = describe(handler)
      @input = StepInput.new(called || @handler.name, fields)
      @cancelled = cancelled
      @messages = []
    end

    # The answer's "result" or "error", parsed.
    def answer(method: nil, results: true)
      entry = @handler.entry(method)
      entry = entry.dup.tap { |changed| changed.results_arity = nil } unless results
      parse(call(Runner::StepCall.new(1, @handler, entry, @input, LIMITS)))
    rescue Runner::Rpc::Error => e
      raise ArgumentError, e.message
    end

    private

    def describe(handler)
      return handler if handler.is_a?(Runner::Handler)
      return Runner::Handler.for_class(handler, name: handler.name || "anonymous") if handler.is_a?(Class)
      return Runner::Handler.for_callable(handler, name: "block") if handler.is_a?(Proc) || handler.is_a?(Method)

      Runner::Handler.for_object(handler, name: handler.class.name || "anonymous")
    end

    def call(step)
      step.start
      TaskerCore.with_current(execution) { step.run { |text| tell("log", { "level" => "warn", "message" => text }) } }
    rescue *ENDS => e
      step.failure(e, nil)
    end

    def execution
      Execution.new(@input, sink: method(:tell), cancelled: -> { @cancelled })
    end

    def tell(method, params)
      @messages << [method, params]
    end

    def parse(line)
      JSON.parse(line, max_nesting: false).slice("result", "error")
    end
  end
end
