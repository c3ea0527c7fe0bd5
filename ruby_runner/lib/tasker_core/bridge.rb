# frozen_string_literal: true

require "tasker_core"
require "json"

module TaskerCore
  # The two functions with which a program calls a handler without any engine: a hash or a JSON string goes in, what
  # the engine would have recorded comes out.
  module Bridge
    DEFAULTS = { "step_name" => "unknown_step", "input_data" => {}, "previous_results" => {}, "step_config" => {},
                 "attempt_number" => 1, "max_retry_attempts" => 3, "timeout_seconds" => 300, "is_retryable" => true,
                 "environment" => "production", "metadata" => {} }.freeze
    KINDS = { Hash => %w[input_data previous_results step_config metadata],
              Integer => %w[step_id task_id attempt_number max_retry_attempts timeout_seconds] }.freeze

    class << self
      # See TaskerCore.call_ruby_process_method.
      def process(handler, context)
        context = complete(context)
        recorded(Offline.new(handler, fields(context)).answer(results: false))
      end

      # See TaskerCore.call_ruby_process_results_method.
      def process_results(handler, step, process_output, initial_results)
        handler = handler.new if handler.is_a?(Class)
        return convert(process_output) unless handler.respond_to?(:process_results)

        step = Types::Step.wrap(hash(step, "step"))
        recorded(Offline.new(second_half(handler, step, process_output, initial_results), {}).answer)
      end

      # What the engine calls such an error.
      def kind(code, data)
        case code
        when Runner::Rpc::UNSERIALIZABLE then "result_unserializable"
        when Runner::Rpc::RESULT_TOO_LARGE then "result_too_large"
        when Runner::Rpc::CANCELLED then "cancelled"
        when Runner::Rpc::HANDLER_NOT_FOUND then "handler_not_found"
        else data["retryable"] ? "handler_error" : "permanent_error"
        end
      end

      private

      # Runs as a step of its own, so its failure is told as any step's.
      def second_half(handler, step, output, initial_results)
        count = Forms.accepts?(handler.method(:process_results), 3) ? 3 : 2
        ->(_context) { handler.process_results(*[step, output, initial_results].first(count)) }
      end

      def complete(context)
        context = DEFAULTS.merge(hash(context, "context").compact)
        KINDS.each { |type, names| names.each { |name| check(context, name, type) } }
        context
      end

      def check(context, name, type)
        return if context[name].is_a?(type)

        wanted = type == Hash ? "an object" : "an integer"
        raise ArgumentError, "context: #{name} is #{wanted}, not #{context[name].inspect}"
      end

      # With string keys throughout, and apart from what the caller holds.
      def hash(value, name)
        text = value.is_a?(String) ? value : Runner::Rpc.json(convert(value))
        parsed = JSON.parse(text)
        parsed.is_a?(Hash) ? parsed : raise(ArgumentError, "#{name} is an object, not #{parsed.inspect}")
      rescue JSON::ParserError, Conversion::Unserializable => e
        raise ArgumentError, "#{name} is no JSON: #{e.message}"
      end

      def convert(value)
        Conversion.new(value, "value").to_json_value
      end

      def fields(context)
        { "task" => task(context), "step" => step(context), "sequence" => sequence(context["previous_results"]),
          "step_definition" => { "name" => context["step_name"], "timeout_seconds" => context["timeout_seconds"],
                                 "dependencies" => context["previous_results"].keys,
                                 "handler" => { "initialization" => context["step_config"] } } }
      end

      def task(context)
        { "task_id" => context["task_id"], "named_task_id" => nil, "complete" => false, "requested_at" => nil,
          "initiator" => nil, "source_system" => nil, "reason" => nil, "bypass_steps" => nil, "tags" => nil,
          "context" => context["input_data"], "identity_hash" => nil, "created_at" => nil, "updated_at" => nil,
          "environment" => context["environment"], "metadata" => context["metadata"] }
      end

      def step(context)
        { "workflow_step_id" => context["step_id"], "task_id" => context["task_id"], "named_step_id" => nil,
          "name" => context["step_name"], "retryable" => context["is_retryable"],
          "retry_limit" => context["max_retry_attempts"], "max_attempts" => context["max_retry_attempts"],
          "in_process" => true, "processed" => false, "processed_at" => nil,
          "attempts" => context["attempt_number"] - 1, "attempt" => context["attempt_number"],
          "last_attempted_at" => nil, "backoff_request_seconds" => nil, "inputs" => context["input_data"],
          "results" => nil, "skippable" => false, "created_at" => nil, "updated_at" => nil }
      end

      def sequence(previous)
        steps = previous.map do |name, results|
          { "name" => name, "state" => "complete", "results" => results, "dependency" => true }
        end
        { "total_steps" => steps.size + 1, "current_position" => steps.size, "steps" => steps }
      end

      def recorded(answer)
        return { "error" => error(answer["error"]) } if answer.key?("error")

        answer["result"].key?("checkpoint") ? answer["result"].slice("checkpoint") : answer["result"]["results"]
      end

      def error(error)
        data = error["data"].except("timing", "usage")
        { "kind" => kind(error["code"], data), "message" => error["message"] }.merge(data)
      end
    end
  end
end
