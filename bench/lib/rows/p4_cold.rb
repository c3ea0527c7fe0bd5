# frozen_string_literal: true

require_relative "../engine"
require_relative "../row"
require_relative "../statistics"

module Bench
  module Rows
    class Cold < Row
      describe "P4", work: "cold `tasker run-workflow` of a 4-step diamond, durable",
                     target: "at most 1.0 of `ruby -rjson -e 0`"
      TIMES = 11

      def sides
        @template = @stage.write("diamond.yaml", Engine::DIAMOND)
        [Side.new("tasker run-workflow, start to end", "ms") { ours },
         Side.new("ruby -rjson -e 0", "ms", lacks: "everything: it only starts") { each_time { ["ruby", "-rjson", "-e", "0"] } }]
      end

      def verdict(medians)
        Verdict.at_most(medians.values[0] / medians.values[1], 1.0, "ours / a bare Ruby")
      end

      private

      def ours
        engine = Engine.new(@stage)
        each_time { [*engine.command(@template, workers: 2), "-i", '{"n":1}', "-o", "json", "--quiet"] }
      end

      def each_time
        times = Array.new(@quick ? 3 : TIMES) { @stage.time(*yield) }
        Statistics.median(times) * 1e3
      end
    end
  end
end
