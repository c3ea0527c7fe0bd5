# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # What the ends of the steps make of the task.
    module Conclusion
      MOST_BLOCKERS_NAMED = 10

      class << self
        # @return [String] "complete", "error", or "blocked_by_failures"
        def state(steps, timed_out:)
          return "blocked_by_failures" if steps.any? { |step| step.error && step.error["kind"] == "maybe_executed" }

          timed_out || steps.any? { |step| step.state == "error" } ? "error" : "complete"
        end

        # Steps that never started say whose failure kept them from it.
        def explain_blocked(steps)
          failed = steps.select { |step| step.state == "error" && !step.isolated? }
          return if failed.empty?

          steps.each { |step| step.error = blocked(step, failed) if step.state == "pending" }
        end

        private

        # Under stop_new a step is also held up by failures that it does not depend on.
        def blocked(step, failed)
          own = step.ancestors & failed
          names = (own.empty? ? failed : own).map(&:name).first(MOST_BLOCKERS_NAMED)
          { "kind" => "blocked", "message" => "not started: #{names.first.inspect} failed", "retryable" => false, "blocked_by" => names }
        end
      end
    end
  end
end
