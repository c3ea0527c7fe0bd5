# frozen_string_literal: true

require_relative "usage"
require_relative "step_call"
require_relative "shelf"
require_relative "definition"

module TaskerCore
  module Runner
    # Runs steps one by one and answers each exactly once. The only place where a handler's exceptions end.
    class StepRunner
      # What travelled before the requests that refer to it.
      attr_reader :contexts, :definitions

      # @param registry [HandlerRegistry] what can be called
      def initialize(wire, attention, registry, limits, signals)
        @wire = wire
        @attention = attention
        @registry = registry
        @limits = limits
        @signals = signals
        @contexts = Shelf.new("context")
        @definitions = Shelf.new("definition") { |value| Definition.new(value) }
        @warned = {}
      end

      # False when the process should end after this answer.
      def run(message)
        params = whole(message)
        handler = handler_of(params, message)
        input = StepInput.new(params["handler"], params)
        step = StepCall.new(message.id, handler, handler.entry(params["method"]), input, @limits)
        @wire.write(execute(step, params))
        !step.retires
      end

      private

      def handler_of(params, message)
        name = params["handler"]
        raise invalid(message, "handler is a string, not #{Rpc.kind(name)}") unless name.is_a?(String)

        method = params["method"]
        raise invalid(message, "method is a string or null") unless method.nil? || method.is_a?(String)

        @registry.fetch(name, resolver: params.dig("step_definition", "handler", "resolver"))
      end

      OBJECTS = %w[task step sequence step_definition].freeze
      private_constant :OBJECTS

      # With what travelled before.
      def whole(message)
        params = message.params
        OBJECTS.each do |key|
          value = params[key]
          raise invalid(message, "#{key} is an object, not #{Rpc.kind(value)}") unless value.nil? || value.is_a?(Hash)
        end
        ref = params["definition_ref"]
        params = @definitions.fetch(ref).complete(params) if ref
        with_context(params)
      end

      # The context is frozen and shared, the handler's view copies what it touches.
      def with_context(params)
        task = params["task"]
        ref = task && task["context_ref"]
        task["context"] = @contexts.fetch(ref) if ref
        params
      end

      def invalid(message, text)
        Rpc::Error.new(Rpc::INVALID_PARAMS, "step/process: #{text}", id: message.id)
      end

      # A cancel may still land between the handler's end and the bracket's: it is raised once at most, so the outer
      # rescue is never interrupted.
      def execute(step, params)
        attempt(step, params)
      rescue Cancelled => e
        @attention.close
        step.failure(e, @attention.cancelled)
      ensure
        @signals.raise_again
      end

      def attempt(step, params)
        @attention.bracket(step.id) do
          step.start
          announce(step, params)
          TaskerCore.with_current(execution(step)) { step.run { |text| warn_once(step, text) } }
        end
      rescue SignalException
        raise
      rescue Exception => e
        @attention.close
        leave(e) unless @wire.mine?
        step.retires = e.is_a?(NoMemoryError) || e.is_a?(SystemStackError)
        step.failure(e, @attention.cancelled)
      end

      def announce(step, params)
        @wire.write(Rpc.notification("step/started", { "id" => step.id })) if params["report_started"]
      end

      def execution(step)
        Execution.new(nil, sink: ->(method, params) { tell(step, method, params) },
                           cancelled: -> { !@attention.cancelled.nil? })
      end

      # A forked child of the handler has no wire; its log lines go where its output goes.
      def tell(step, method, params)
        return @wire.write(Rpc.notification(method, { "id" => step.id }.merge(params))) if @wire.mine?

        warn("#{params["level"]}: #{params["message"]}") if method == "log"
      end

      def warn_once(step, text)
        return if @warned[text]

        @warned[text] = true
        tell(step, "log", { "level" => "warn", "message" => text, "fields" => {} })
      end

      # A forked child raised where its parent's handler was called: its error is its own, its status its parent's.
      def leave(error)
        exit!(error.status) if error.is_a?(SystemExit)

        warn("#{error.class}: #{ErrorReport.message(error)}", ErrorReport.user_frames(error.backtrace || []))
        exit!(1)
      end
    end
  end
end
