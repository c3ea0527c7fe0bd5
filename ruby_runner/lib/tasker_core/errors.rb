# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # What a handler raises to say how its failure is to be treated. Any other exception is retried within the step's
  # attempts.
  module Errors
    class Error < StandardError
      attr_reader :context, :error_code, :retry_after

      def initialize(message = nil, context: {}, error_code: nil)
        super(message)
        @context = context || {}
        @error_code = error_code
      end

      def retryable?
        true
      end
    end

    class ProceduralError < Error; end

    # Try again, after that many seconds when it knows.
    class RetryableError < ProceduralError
      def initialize(message = nil, retry_after: nil, context: {}, error_code: nil)
        super(message, context: context, error_code: error_code)
        @retry_after = retry_after
      end
    end

    # No retry can help.
    class PermanentError < ProceduralError
      def retryable?
        false
      end
    end

    class ValidationError < PermanentError
      attr_reader :field

      def initialize(message = nil, field: nil, context: {}, error_code: nil)
        super(message, context: context, error_code: error_code)
        @field = field
      end
    end

    class NotFoundError < PermanentError
      attr_reader :resource_type

      def initialize(message = nil, resource_type: nil, context: {}, error_code: nil)
        super(message, context: context, error_code: error_code)
        @resource_type = resource_type
      end
    end

    class TimeoutError < RetryableError
      attr_reader :timeout_duration

      def initialize(message = nil, timeout_duration: nil, retry_after: nil, context: {}, error_code: nil)
        super(message, retry_after: retry_after, context: context, error_code: error_code)
        @timeout_duration = timeout_duration
      end
    end

    class NetworkError < RetryableError
      attr_reader :status_code

      def initialize(message = nil, status_code: nil, retry_after: nil, context: {}, error_code: nil)
        super(message, retry_after: retry_after, context: context, error_code: error_code)
        @status_code = status_code
      end
    end

    # What a retry can't mend, though no handler said so.
    module NeverRetried
      def retryable?
        false
      end
    end

    class ConfigurationError < Error
      include NeverRetried
    end

    class DatabaseError < Error
      include NeverRetried
    end

    class FFIError < Error
      include NeverRetried
    end

    # A template's handler.resolver names none that exists.
    class ResolverNotFoundError < Error
      include NeverRetried
    end

    class OrchestrationError < Error; end

    class ServerError < Error
      attr_reader :operation

      def initialize(message = nil, operation: nil, context: {}, error_code: nil)
        super(message, context: context, error_code: error_code)
        @operation = operation
      end
    end

    # The originals' question about an exception.
    module ErrorClassifier
      def self.retryable?(error)
        Treatment.of(error)["retryable"]
      end
    end

    # How the engine should treat any exception, ours or not. Errors of other libraries may answer to the same names.
    module Treatment
      def self.of(error)
        { "retryable" => ask(error, :retryable?, true) ? true : false, "retry_after" => seconds(error),
          "error_code" => ask(error, :error_code, nil)&.to_s, "context" => ask(error, :context, nil) || {} }
      end

      def self.ask(error, name, default)
        error.respond_to?(name) && error.method(name).arity.between?(-1, 0) ? error.public_send(name) : default
      rescue StandardError
        default
      end

      def self.seconds(error)
        value = ask(error, :retry_after, nil)
        return if value.nil? || !value.respond_to?(:to_f)

        number = value.to_f
        return unless number.finite? && number >= 0

        number == number.to_i ? number.to_i : number
      end
    end
  end

  RetryableError = Errors::RetryableError
  PermanentError = Errors::PermanentError
end
