# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module HTTP
    # The header Retry-After: seconds, or a date.
    module RetryAfter
      # @param headers [#[]] of a response; looked up in any case
      # @return [Integer, nil] seconds from now; nil when the header is missing or says nothing
      def self.seconds(headers, now: Time.now)
        value = find(headers).to_s.strip
        return value.to_i if value.match?(/\A\d+\z/)
        return if value.empty?

        require "time"
        [(Time.httpdate(value) - now).ceil, 0].max
      rescue ArgumentError
        nil
      end

      # The seconds that the headers ask to be waited, or nil.
      def self.find(headers)
        return if headers.nil?

        headers["Retry-After"] || headers["retry-after"] ||
          headers.to_h.find { |name, _| name.to_s.casecmp?("retry-after") }&.last
      end
      private_class_method :find
    end
  end
end
