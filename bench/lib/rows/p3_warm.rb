# frozen_string_literal: true

require_relative "../row"

module Bench
  module Rows
    class Warm < Row
      describe "P3", work: "one warm task, 4 no-op steps in a line, durable",
                     target: "p50 at most 5 bare commits + 0.6 ms"
      COMMITS = 5
      ALLOWANCE_MS = 0.6

      def sides
        [Side.new("tasker, one task at a time", "ms") { ours },
         Side.new("a bare commit of one row", "ms", lacks: "everything else") { commit }]
      end

      def verdict(medians)
        ours, commit = medians.values
        Verdict.at_most(ours / ((COMMITS * commit) + ALLOWANCE_MS), 1, "ours / (5 commits + 0.6 ms)")
      end

      private

      def ours
        @stage.figures(@stage.program("warm_bench"), @stage.file("handlers", "bench_handlers.rb"),
                       "sqlite:#{File.join(@stage.fresh_folder, "tasker.db")}", scaled(300).to_s)["p50_ms"]
      end

      def commit
        @stage.figures(@stage.program("commit_bench"), File.join(@stage.fresh_folder, "rows.db"), scaled(500).to_s)["p50_ms"]
      end
    end
  end
end
