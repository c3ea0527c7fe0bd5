# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # What a handler raises to say how its failure is to be treated. Any other exception is retried within the step's
  # attempts.
  module Errors
    # The root. Raised itself it is retried.
    class Error < StandardError
      attr_reader :context, :error_code, :error_category, :retry_after

      # @param context [Hash] recorded with the failure
      # @param error_code [String] for programs
      # @param error_category [String] of earlier versions; recorded in the context
      def initialize(message = nil, context: {}, error_code: nil, error_category: nil)
        super(message)
        @context = error_category ? (context || {}).merge(error_category: error_category) : context || {}
        @error_code = error_code
        @error_category = error_category
      end

      # True: it may be tried again.
      def retryable?
        true
      end
    end

    # What a handler's procedure runs into.
    class ProceduralError < Error; end

    # Try again, after that many seconds when it knows.
    class RetryableError < ProceduralError
      # @param retry_after [Numeric, nil] seconds to wait; nil: as the template says
      def initialize(message = nil, retry_after: nil, **more)
        super(message, **more)
        @retry_after = retry_after
      end
    end

    # No retry can help.
    class PermanentError < ProceduralError
      # False: trying again would end the same way.
      def retryable?
        false
      end
    end

    # The input is wrong: `ValidationError.new("amount is missing", field: "amount")`.
    class ValidationError < PermanentError
      attr_reader :field

      # @param field [String, nil] what was not valid
      def initialize(message = nil, field: nil, **more)
        super(message, **more)
        @field = field
      end
    end

    # What the step is about does not exist.
    class NotFoundError < PermanentError
      attr_reader :resource_type

      # @param resource_type [String, nil] what was not found
      def initialize(message = nil, resource_type: nil, **more)
        super(message, **more)
        @resource_type = resource_type
      end
    end

    # Something did not answer in time; `timeout_duration` in seconds.
    class TimeoutError < RetryableError
      attr_reader :timeout_duration

      # @param timeout_duration [Numeric, nil] seconds that were waited
      def initialize(message = nil, timeout_duration: nil, **more)
        super(message, **more)
        @timeout_duration = timeout_duration
      end
    end

    # Something could not be reached, or answered with `status_code`.
    class NetworkError < RetryableError
      attr_reader :status_code

      # @param status_code [Integer, nil] of the response
      def initialize(message = nil, status_code: nil, **more)
        super(message, **more)
        @status_code = status_code
      end
    end

    # What a retry can't mend, though no handler said so.
    module NeverRetried
      # False: trying again would end the same way.
      def retryable?
        false
      end
    end

    # A mistake in the set-up.
    class ConfigurationError < Error
      include NeverRetried
    end

    # tasker-core's; not retried there either.
    class DatabaseError < Error
      include NeverRetried
    end

    # tasker-core's; not retried there either.
    class FFIError < Error
      include NeverRetried
    end

    # A template's handler.resolver names none that exists.
    class ResolverNotFoundError < Error
      include NeverRetried
    end

    # tasker-core's; retried.
    class OrchestrationError < Error; end

    # tasker-core's; retried. `operation` is what was asked for.
    class ServerError < Error
      attr_reader :operation

      # @param operation [String, nil] what was asked for
      def initialize(message = nil, operation: nil, **more)
        super(message, **more)
        @operation = operation
      end
    end

    # The originals' question about an exception.
    module ErrorClassifier
      # Whether an error of any class may be tried again.
      def self.retryable?(error)
        Treatment.of(error)["retryable"]
      end
    end

    # How the engine should treat any exception, ours or not. Errors of other libraries may answer to the same names.
    module Treatment
      # How the engine is to treat an error: retryable, retry_after, error_code, context.
      def self.of(error)
        { "retryable" => ask(error, :retryable?, true) ? true : false, "retry_after" => seconds(error),
          "error_code" => ask(error, :error_code, nil)&.to_s, "context" => ask(error, :context, nil) || {} }
      end

      # What the error says of itself, or the default when it says nothing.
      def self.ask(error, name, default)
        error.respond_to?(name) && error.method(name).arity.between?(-1, 0) ? error.public_send(name) : default
      rescue StandardError
        default
      end

      # The seconds that the error wants to be waited; nil when it says nothing, or nothing that is a number.
      def self.seconds(error)
        value = ask(error, :retry_after, nil)
        return if value.nil? || !value.respond_to?(:to_f)

        number = value.is_a?(String) ? Float(value, exception: false) : value.to_f
        return if number.nil? || !number.finite? || number.negative?

        number == number.to_i ? number.to_i : number
      end
    end
  end

  # The names that errors had before they stood in a module of their own.
  Error = Errors::Error
  ProceduralError = Errors::ProceduralError
  RetryableError = Errors::RetryableError
  PermanentError = Errors::PermanentError
  ValidationError = Errors::ValidationError
  NotFoundError = Errors::NotFoundError
  TimeoutError = Errors::TimeoutError
  NetworkError = Errors::NetworkError
  ConfigurationError = Errors::ConfigurationError
  DatabaseError = Errors::DatabaseError
  FFIError = Errors::FFIError
  OrchestrationError = Errors::OrchestrationError
  ServerError = Errors::ServerError
end
