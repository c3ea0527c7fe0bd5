# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # What a handler may do besides returning: `include TaskerCore::Helpers`, or inherit from StepHandler::Base. Each one
  # speaks for the step that runs, so they work from any object and any thread of the handler.
  module Helpers
    # Tells how far the step is.
    #
    # @param percent [Numeric] 0 to 100
    def progress(percent, message = nil)
      TaskerCore.current.progress(percent, message)
    end

    # Tells that the step is alive.
    def heartbeat
      TaskerCore.current.heartbeat
    end

    # Asks for more time: the deadline is so many seconds from now.
    def extend_deadline(seconds)
      TaskerCore.current.extend_deadline(seconds)
    end

    # True once the engine asked for the end; for loops that guard themselves against the exception.
    def cancelled?
      TaskerCore.current.cancelled?
    end

    # @return [Logger] whose lines reach the engine with the step's identity
    def logger
      TaskerCore.current.logger
    end

    # Return what this returns: the engine stores it and calls the step again with it as `step.checkpoint`.
    def checkpoint_yield(cursor:, items_processed:, accumulated_results: nil)
      Types::StepHandlerCallResult.checkpoint_yield(cursor: cursor, items_processed: items_processed,
                                                    accumulated_results: accumulated_results)
    end

    # A result, and what is to be recorded beside it.
    #
    # @return [Types::StepHandlerCallResult::Success]
    # @raise [ArgumentError] without a result
    def success(result: nil, result_data: nil, metadata: {})
      value = result.nil? ? result_data : result
      raise ArgumentError, "result or result_data required" if value.nil?

      Types::StepHandlerCallResult.success(result: value, metadata: metadata)
    end

    # A failure to return instead of raising.
    #
    # @return [Types::StepHandlerCallResult::Error]
    def failure(message:, error_type: "UnexpectedError", error_code: nil, retryable: false, metadata: {})
      Types::StepHandlerCallResult.error(error_type: error_type, message: message, error_code: error_code,
                                         retryable: retryable, metadata: metadata)
    end
  end
end
