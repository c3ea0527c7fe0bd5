# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # When a failed step runs again, by the same rules as the engine's.
    class RetryPolicy
      DEFAULTS = { "retryable" => true, "max_attempts" => 3, "backoff" => "exponential", "backoff_base_ms" => 1000,
                   "max_backoff_ms" => 30_000, "jitter" => 0.1 }.freeze

      # @param fields [Hash, nil] `retry:` of a step
      def initialize(fields)
        @fields = DEFAULTS.merge((fields || {}).compact.slice(*DEFAULTS.keys))
        @fields["jitter"] = { true => 0.1, false => 0 }.fetch(@fields["jitter"], @fields["jitter"])
      end

      # All its fields.
      def to_h
        @fields
      end

      # All attempts, the first included.
      def max_attempts
        @fields["max_attempts"]
      end

      # Whether a step may be tried again at all.
      def retryable?
        @fields["retryable"]
      end

      # May a step that has used so many attempts have another one?
      def another?(attempts)
        retryable? && attempts < max_attempts
      end

      # Seconds to wait after that attempt (1 for the first). `random` in [0, 1) is for the jitter; a half means none.
      def delay(attempt, random = 0.5)
        plain = [@fields["backoff_base_ms"] * multiple(attempt), @fields["max_backoff_ms"]].min
        [0, plain * (1 + (@fields["jitter"] * ((2 * random) - 1)))].max / 1000.0
      end

      # Seconds to wait where the handler asked for some.
      def requested(seconds)
        seconds.clamp(0, @fields["max_backoff_ms"] / 1000.0)
      end

      private

      def multiple(attempt)
        case @fields["backoff"]
        when "none" then 0
        when "constant" then 1
        when "linear" then attempt
        when "fibonacci" then (attempt - 1).times.reduce([0, 1]) { |(a, b), _| [b, a + b] }.last
        else 2**[attempt - 1, 63].min
        end
      end
    end
  end
end
