# frozen_string_literal: true

require_relative "../engine"
require_relative "../peers/parallel_gem"
require_relative "../row"

module Bench
  module Rows
    class Cpu < Row
      describe "P6", work: "a handler that needs 5 ms of CPU, on 1 worker and on 2", target: "at least 1.85 times as many steps/s"

      def sides
        @template = @stage.write("busy.yaml", Engine.line(1, callable: "FiveMilliseconds"))
        [side(1), side(2),
         Peers::ParallelGem.new(@stage, calls: scaled(1_000), processes: 1, busy: true).side,
         Peers::ParallelGem.new(@stage, calls: scaled(1_000), processes: 2, busy: true).side]
      end

      def verdict(medians)
        one, two, gem_one, gem_two = medians.values
        Verdict.at_least(two / one, 1.85, "2 workers / 1 worker (the parallel gem here: #{format("%.2f", gem_two / gem_one)})")
      end

      private

      def side(workers)
        tasks = scaled(1_000)
        Side.new("tasker -w #{workers}", "steps/s") do
          tasks / Engine.new(@stage).bulk(@template, tasks, workers: workers)
        end
      end
    end
  end
end
