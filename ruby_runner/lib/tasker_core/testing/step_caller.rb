# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # Runs the handler, or the stand-in, of one step of a workflow, and says what the engine would have got as its answer.
    class StepCaller
      # kind: :succeeded, :yielded, :failed, :timed_out or :lost
      Answer = Struct.new(:kind, :value, :output, :metadata, :error, :messages, keyword_init: true)

      FAILURES = { timeout: "timed out", timed_out: "timed out", worker_lost: "the worker was lost", crash: "the worker was lost" }.freeze

      # @param handlers [#fetch] finds a Runner::Handler by name
      # @param stubs [Hash] step (or template step) name => value, callable, class or exception in the handler's place
      # @param failures [Hash] step name => how its first attempts end: a number of failures, an exception, :timeout, :crash, or a list
      #   of those with nil for "as it is"
      def initialize(template, handlers, stubs, failures)
        @template = template
        @handlers = handlers
        @stubs = stubs.transform_keys(&:to_s)
        @failures = failures.to_h { |name, list| [name.to_s, list_of(list)] }
        check_names
      end

      # Names of handlers that nothing answers to and no stub stands for.
      def unknown_handlers
        @template.steps.reject { |step| @stubs.key?(step.name) }.filter_map do |step|
          @handlers.fetch(step.handler["callable"]).entry(step.handler["method"])
          nil
        rescue Runner::Rpc::Error => e
          "step #{step.name.inspect}: #{e.message}"
        end
      end

      # @param fields [Hash] task, step, sequence and step_definition as on the wire
      # @return [Answer]
      def call(step, fields)
        injected = (@failures[step.name] || @failures[step.template.name])&.fetch(step.attempts, nil)
        case injected
        when nil then run(step, fields)
        when Symbol then unanswered(injected)
        else run_target(->(_context) { raise injected }, nil, fields)
        end
      end

      private

      def list_of(failure)
        case failure
        when Integer then Array.new(failure) { Errors::RetryableError.new("injected failure") }
        when Array then failure
        else [failure]
        end
      end

      def check_names
        unknown = (@stubs.keys | @failures.keys).reject { |name| @template.step(name) || worker?(name) }
        return if unknown.empty?

        raise ArgumentError, "no step is called #{unknown.map(&:inspect).join(", ")}; " \
                             "#{Suggestions.sentence(unknown.first, @template.steps.map(&:name))}"
      end

      def worker?(name)
        @template.steps.any? { |step| step.type == "batch_worker" && name.start_with?("#{step.name}_") }
      end

      def unanswered(kind)
        text = FAILURES.fetch(kind) { raise ArgumentError, "a failure is an exception, a number, :timeout or :crash, not #{kind.inspect}" }
        Answer.new(kind: text == "timed out" ? :timed_out : :lost, messages: [],
                   error: { "kind" => text == "timed out" ? "timeout" : "worker_lost", "message" => text, "retryable" => true })
      end

      def run(step, fields)
        name = [step.name, step.template.name].find { |each| @stubs.key?(each) }
        return run_target(stub(@stubs[name]), nil, fields) if name

        run_target(@handlers.fetch(step.template.handler["callable"]), step.template.handler["method"], fields)
      end

      # A class or callable stands for the handler; an exception is raised; anything else is returned.
      def stub(value)
        return value if value.is_a?(Class) && !(value <= Exception)
        return ->(_context) { raise value } if value.is_a?(Exception) || (value.is_a?(Class) && value <= Exception)
        return value if value.respond_to?(:call)

        ->(_context) { value }
      end

      def run_target(target, method, fields)
        offline = Offline.new(target, fields, called: fields.dig("step_definition", "handler", "callable"))
        answer = offline.answer(method: method)
        return failed(answer["error"], offline.messages) if answer.key?("error")

        result = answer["result"]
        return Answer.new(kind: :yielded, value: result["checkpoint"], messages: offline.messages) if result.key?("checkpoint")

        Answer.new(kind: :succeeded, value: result["results"], output: result.fetch("output", result["results"]),
                   metadata: result["metadata"], messages: offline.messages)
      end

      def failed(error, messages)
        data = (error["data"] || {}).except("timing", "usage")
        Answer.new(kind: :failed, messages: messages,
                   error: { "kind" => Bridge.kind(error["code"], data), "message" => data["message"] || error["message"],
                            "retryable" => false }.merge(data))
      end
    end
  end
end
