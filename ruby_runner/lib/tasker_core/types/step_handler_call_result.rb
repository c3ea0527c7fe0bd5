# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Types
    # What a handler may return when a plain value does not say enough.
    module StepHandlerCallResult
      # A result and what is to be recorded beside it.
      class Success
        attr_reader :result, :metadata

        # `success:` was an attribute of its own; it says nothing that the class does not.
        def initialize(result:, metadata: {}, **)
          @result = result
          @metadata = metadata || {}
        end

        # True.
        def success?
          true
        end
        alias success success?

        # False.
        def checkpoint_yield?
          false
        end

        # As a hash.
        def to_h
          { success: true, result: result, metadata: metadata }
        end
      end

      # A failure that the handler reports without raising.
      class Error
        attr_reader :error_type, :message, :error_code, :retryable, :metadata
        alias retryable? retryable
        # What it was made of by from_exception; its backtrace and causes are recorded too.
        attr_reader :exception

        # @param error_type [String] PermanentError, RetryableError, ValidationError, UnexpectedError, StepCompletionError
        def initialize(error_type:, message:, error_code: nil, retryable: false, metadata: {}, exception: nil, **)
          @exception = exception
          @error_type = error_type.to_s
          @message = message.to_s
          @error_code = error_code
          @retryable = retryable ? true : false
          @metadata = metadata || {}
        end

        # False.
        def success?
          false
        end
        alias success success?

        # False.
        def checkpoint_yield?
          false
        end

        # As a hash.
        def to_h
          { success: false, error_type: error_type, message: message, error_code: error_code, retryable: retryable,
            metadata: metadata }
        end
      end

      # "Save this and call me again with it."
      class CheckpointYield
        attr_reader :cursor, :items_processed, :accumulated_results

        # @param cursor where to go on, anything that JSON takes
        def initialize(cursor:, items_processed:, accumulated_results: nil)
          @cursor = cursor
          @items_processed = items_processed
          @accumulated_results = accumulated_results
        end

        # It has not succeeded yet.
        def success?
          false
        end
        alias success success?

        # True.
        def checkpoint_yield?
          true
        end

        # As a hash.
        def to_h
          { cursor: cursor, items_processed: items_processed, accumulated_results: accumulated_results }
        end
      end

      KINDS = [Success, Error, CheckpointYield].freeze

      class << self
        # A result, with what is to be recorded beside it.
        def success(result:, metadata: {})
          Success.new(result: result, metadata: metadata)
        end

        # A failure.
        def error(**fields)
          Error.new(**fields)
        end

        # A checkpoint, from which the step is to go on.
        def checkpoint_yield(**fields)
          CheckpointYield.new(**fields)
        end

        # True for any of the three.
        def one?(value)
          KINDS.include?(value.class)
        end

        # The kind that a hash has by its shape; nil for every other hash, which is a result whatever it says of itself.
        def described(value)
          from_hash(value) if value.is_a?(Hash) && described?(value)
        end

        # Any return value as one of the three.
        def from_handler_output(value)
          return value if one?(value)

          described(value) || success(result: value, metadata: { wrapped: true, original_type: value.class.name })
        end

        # The failure that an exception stands for.
        def from_exception(exception)
          treatment = Errors::Treatment.of(exception)
          error(error_type: error_type(exception), message: exception.message,
                error_code: treatment["error_code"], retryable: treatment["retryable"],
                metadata: { exception_class: exception.class.name, context: treatment["context"],
                            retry_after: treatment["retry_after"],
                            stack_trace: Array(exception.backtrace).first(10) }.compact, exception: exception)
        end

        private

        SUCCESS_KEYS = %w[success result metadata].freeze
        private_constant :SUCCESS_KEYS

        # `success: true` beside fields of the handler's own is data; `success: false` is a failure however little it tells.
        def described?(hash)
          case field(hash, :success)
          when true then key?(hash, :result) && (hash.keys.map(&:to_s) - SUCCESS_KEYS).empty?
          when false then true
          end
        end

        def from_hash(hash)
          if field(hash, :success)
            success(result: field(hash, :result), metadata: field(hash, :metadata))
          else
            error(error_type: field(hash, :error_type) || "UnexpectedError", message: message(hash),
                  error_code: field(hash, :error_code), retryable: field(hash, :retryable),
                  metadata: field(hash, :metadata))
          end
        end

        def message(hash)
          text = [field(hash, :message), field(hash, :error_message), field(hash, :error)].compact.first
          text.nil? ? "the handler returned success: false" : text
        end

        def error_type(exception)
          case exception
          when Errors::ValidationError then "ValidationError"
          when Errors::PermanentError then "PermanentError"
          when Errors::RetryableError then "RetryableError"
          else "UnexpectedError"
          end
        end

        def key?(hash, name)
          hash.key?(name) || hash.key?(name.name)
        end

        def field(hash, name)
          hash.fetch(name) { hash[name.name] }
        end
      end
    end
  end
end
