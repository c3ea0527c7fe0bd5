# frozen_string_literal: true

require_relative "../engine"
require_relative "../peers/sidekiq"
require_relative "../row"

module Bench
  module Rows
    class Durable < Row
      describe "P2", work: "durable (synchronous=FULL), many 4-step diamonds from --inputs, 2 workers",
                     target: "steps/s at least 4 times Sidekiq's jobs/s, whose jobs are not durable"

      def sides
        @engine = Engine.new(@stage)
        @template = @stage.write("diamond.yaml", Engine::DIAMOND)
        [Side.new("tasker, durable diamonds", "steps/s") { ours },
         Peers::Sidekiq.new(@stage, jobs: scaled(30_000)).side]
      end

      def verdict(medians)
        Verdict.at_least(medians.values[0] / medians.values[1], 4, "our steps/s / Sidekiq's jobs/s")
      end

      private

      # The start of the binary and of its workers counts in.
      def ours
        tasks = scaled(10_000)
        4 * tasks / @engine.bulk(@template, tasks, workers: 2)
      end
    end
  end
end
