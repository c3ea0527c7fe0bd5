# frozen_string_literal: true

require "tasker"

# The Rails engine's errors. They say the same to the engine as TaskerCore::Errors do.
module Tasker
  class Error < StandardError; end

  # A mistake in the set-up: no retry mends it.
  class ConfigurationError < Error
    # False: trying again would end the same way.
    def retryable?
      false
    end
  end

  class ProceduralError < Error; end

  # Try again, after that many seconds when it knows.
  class RetryableError < ProceduralError
    attr_reader :retry_after, :context

    # @param retry_after [Numeric, nil] seconds to wait; nil: as the template says
    def initialize(message = nil, retry_after: nil, context: {})
      super(message)
      @retry_after = retry_after
      @context = context
    end

    # True where the server gave no reason to wait.
    def skip_backoff?
      false
    end
  end

  # No retry can help.
  class PermanentError < ProceduralError
    attr_reader :error_code, :context

    # @param error_code [String, nil] recorded with the error
    def initialize(message = nil, error_code: nil, context: {})
      super(message)
      @error_code = error_code
      @context = context
    end

    # False: trying again would end the same way.
    def retryable?
      false
    end
  end
end
