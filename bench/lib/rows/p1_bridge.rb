# frozen_string_literal: true

require_relative "../peers/bare_pipe"
require_relative "../row"

module Bench
  module Rows
    class Bridge < Row
      describe "P1", work: "bridge only: no graph, no store, one worker, 200 B context, no-op handler",
                     target: "at least 0.65 of the bare pipe with 8 in flight"

      def sides
        [Side.new("tasker's worker pool", "calls/s", lacks: "graph, store (both off in this row)") { ours },
         Peers::BarePipe.new(@stage, calls: scaled(60_000), in_flight: 8).side,
         Peers::BarePipe.new(@stage, calls: scaled(30_000), in_flight: 1).side]
      end

      def verdict(medians)
        ours, eight, = medians.values
        Verdict.at_least(ours / eight, 0.65, "ours / bare pipe with 8 in flight")
      end

      private

      def ours
        @stage.figures(@stage.program("bridge_bench"), @stage.file("handlers", "bench_handlers.rb"),
                       scaled(40_000).to_s)["calls_per_second"]
      end
    end
  end
end
