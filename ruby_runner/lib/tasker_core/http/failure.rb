# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module HTTP
    # Which responses are failures, and of what kind.
    module Failure
      SUCCESS = (200..226)
      # The request itself is wrong: sending it again can't help.
      PERMANENT = [400, 401, 403, 404, 422].freeze
      # The server asks for patience, and may say how much.
      PATIENCE = [429, 503].freeze
      BODY_BYTES = 2_048

      class << self
        # @return [Symbol, nil] :permanent, :patience, :retryable; nil for a success
        def kind(status)
          return if SUCCESS.cover?(status)
          return :permanent if PERMANENT.include?(status)

          PATIENCE.include?(status) ? :patience : :retryable
        end

        # The error to raise for a response; nil for a success.
        #
        # @param response [#status, #headers, #body]
        # @param errors [Module] where PermanentError and RetryableError are
        def error(response, errors: Errors, now: Time.now)
          status = response.status
          context = context(response)
          message = message(response)
          case kind(status)
          when :permanent then errors::PermanentError.new(message, error_code: "HTTP_#{status}", context: context)
          when :patience
            errors::RetryableError.new(message, retry_after: RetryAfter.seconds(response.headers, now: now), context: context)
          when :retryable then errors::RetryableError.new(message, context: context)
          end
        end

        private

        def message(response)
          text = excerpt(response.body).tr("\n", " ")
          "HTTP #{response.status}#{" from #{url(response)}" if url(response)}#{": #{text[0, 200]}" unless text.empty?}"
        end

        def context(response)
          { status_code: response.status, url: url(response), response_body: excerpt(response.body) }.compact
        end

        # Without the query, where secrets tend to be.
        def url(response)
          url = response.respond_to?(:env) ? response.env&.url : (response.url if response.respond_to?(:url))
          url&.to_s&.sub(/\?.*/m, "")
        end

        def excerpt(body)
          return "" if body.nil?

          text = body.is_a?(String) ? body : Runner::Rpc.json(Conversion.call(body, "body"))
          ErrorReport.text(text.byteslice(0, BODY_BYTES))
        rescue Conversion::Unserializable
          ""
        end
      end
    end
  end
end
