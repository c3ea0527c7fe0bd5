# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # What the engine would have recorded of a step, and what the step told it meanwhile.
    class Outcome
      # Calls of `progress`, as [percent, message].
      attr_reader :progress
      # Log lines, as [level, message, fields].
      attr_reader :logs
      # Everything told, as [method, params].
      attr_reader :messages

      # @param answer [Hash] the answer that the engine would have read
      def initialize(answer, messages)
        @result = answer["result"]
        @failure = answer["error"]
        @messages = messages
        @progress = told("step/progress").map { |params| params.values_at("percent", "message") }
        @logs = told("log").map { |params| params.values_at("level", "message", "fields") }
      end

      # True when the step completed.
      def success?
        !@result.nil? && !yielded?
      end

      # True when it failed.
      def failure?
        !@failure.nil?
      end

      # The step asked to be called again with `checkpoint`.
      def yielded?
        !checkpoint.nil?
      end

      # The checkpoint it has put down; nil when it has not.
      def checkpoint
        @result && @result["checkpoint"]
      end

      # The step's result as JSON has it: string keys, strings for symbols. Raises with the handler's error when it failed.
      def results
        raise Failed, to_s if failure?

        @result["results"]
      end
      alias result results

      # What `process` returned, where process_results made something else of it.
      def output
        raise Failed, to_s if failure?

        @result.fetch("output") { @result["results"] }
      end

      # What it told beside its results.
      def metadata
        @result ? @result.fetch("metadata", {}) : {}
      end

      # {"class", "message", "backtrace", "cause", "retryable", "retry_after", "error_code", "context", ...}; nil for a success.
      def error
        @failure && { "message" => @failure["message"] }.merge(@failure["data"] || {})
      end

      # The class of its error, by name.
      def error_class
        error && error["class"]
      end

      # Its error's message.
      def error_message
        error && error["message"]
      end

      # Whether its error may be tried again.
      def retryable?
        failure? && error["retryable"] ? true : false
      end

      # The seconds its error wants to be waited.
      def retry_after
        error && error["retry_after"]
      end

      # What became of it, in a sentence.
      def to_s
        return "yielded #{checkpoint}" if yielded?

        failure? ? "failed: #{@failure["message"]}\n#{Array(error["backtrace"]).join("\n")}" : "returned #{results.inspect}"
      end
      alias inspect to_s

      # The result of a step that failed was asked for.
      class Failed < StandardError; end

      private

      def told(method)
        @messages.filter_map { |name, params| params if name == method }
      end
    end
  end
end
