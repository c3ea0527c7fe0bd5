# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  # What a handler may do besides returning: `include TaskerCore::Helpers`, or inherit from StepHandler::Base. Each one
  # speaks for the step that runs, so they work from any object and any thread of the handler.
  module Helpers
    def progress(percent, message = nil)
      TaskerCore.current.progress(percent, message)
    end

    def heartbeat
      TaskerCore.current.heartbeat
    end

    def extend_deadline(seconds)
      TaskerCore.current.extend_deadline(seconds)
    end

    # True once the engine asked for the end; for loops that guard themselves against the exception.
    def cancelled?
      TaskerCore.current.cancelled?
    end

    def logger
      TaskerCore.current.logger
    end

    # Return what this returns: the engine stores it and calls the step again with it as `step.checkpoint`.
    def checkpoint_yield(cursor:, items_processed:, accumulated_results: nil)
      Types::StepHandlerCallResult.checkpoint_yield(cursor: cursor, items_processed: items_processed,
                                                    accumulated_results: accumulated_results)
    end

    def success(result: nil, result_data: nil, metadata: {})
      value = result.nil? ? result_data : result
      raise ArgumentError, "result or result_data required" if value.nil?

      Types::StepHandlerCallResult.success(result: value, metadata: metadata)
    end

    def failure(message:, error_type: "UnexpectedError", error_code: nil, retryable: false, metadata: {})
      Types::StepHandlerCallResult.error(error_type: error_type, message: message, error_code: error_code,
                                         retryable: retryable, metadata: metadata)
    end
  end
end
