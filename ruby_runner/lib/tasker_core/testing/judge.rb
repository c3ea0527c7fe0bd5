# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # Decides what the answer of a step means, as the engine does. Pure.
    class Judge
      # to: the step's next state ("in_progress" after a checkpoint); outcome: of the attempt; consumed: whether the attempt
      # counts; delay: seconds until the next one.
      Verdict = Struct.new(:to, :outcome, :error, :consumed, :delay, keyword_init: true)

      DEATHS_OF_A_WORKER_KILLER = 3

      # @param random [#call] a number in [0, 1) for the jitter of waits
      def initialize(random)
        @random = random
      end

      # @param deaths [Integer] workers that the step has killed, this one included
      # @param halted [Boolean] nothing new may start
      # @return [Verdict]
      def of(step, answer, deaths:, halted:)
        once = step.template.at_most_once
        case answer.kind
        when :succeeded then Verdict.new(to: "complete", outcome: "complete", consumed: true)
        when :yielded then yielded(step, answer.value, halted)
        when :failed then failed(step, answer.error, halted, allowed: !once || asked_for_retry?(answer.error))
        else once ? maybe_executed(answer.error) : failed(step, of_killer(answer, deaths), halted)
        end
      end

      private

      def yielded(step, checkpoint, halted)
        if step.template.at_most_once
          return bad_checkpoint("put down a checkpoint, but an at_most_once step is never run again to go on from it")
        end
        if checkpoint == step.checkpoint
          return bad_checkpoint("yielded the checkpoint it was given: #{Runner::Rpc.json(checkpoint)[0, 200]}")
        end

        Verdict.new(to: halted ? "cancelled" : "in_progress", outcome: "yielded", consumed: halted)
      end

      def bad_checkpoint(text)
        error("permanent_error", { "kind" => "permanent_error", "message" => text, "error_code" => "invalid_checkpoint",
                                   "retryable" => false })
      end

      def failed(step, error, halted, allowed: true)
        policy = step.template.retry_policy
        attempts = step.attempts + 1
        return error(error["kind"], error) unless allowed && error["retryable"] && policy.another?(attempts)
        return Verdict.new(to: "cancelled", outcome: error["kind"], error: error, consumed: true) if halted

        wanted = error["retry_after"]
        delay = wanted ? policy.requested(wanted) : policy.delay(attempts, @random.call)
        Verdict.new(to: "waiting_for_retry", outcome: error["kind"], error: error, consumed: true, delay: delay)
      end

      def of_killer(answer, deaths)
        return answer.error unless answer.kind == :lost && deaths >= DEATHS_OF_A_WORKER_KILLER

        answer.error.merge("kind" => "worker_killer", "retryable" => false,
                           "message" => "killed #{deaths} workers; the last one: #{answer.error["message"]}")
      end

      def maybe_executed(error)
        error("maybe_executed",
              error.merge("kind" => "maybe_executed", "message" => "may have run: #{error["message"]}", "retryable" => false))
      end

      def asked_for_retry?(error)
        error["class"].to_s.end_with?("RetryableError")
      end

      def error(outcome, error)
        Verdict.new(to: "error", outcome: outcome, error: error, consumed: true)
      end
    end
  end
end
