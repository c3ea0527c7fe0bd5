# frozen_string_literal: true

require_relative "../engine"
require_relative "../engine_feed"
require_relative "../row"

module Bench
  module Rows
    class Memory < Row
      describe "P8", work: "the engine's own resident memory, 2 workers: idle, and after tasks of one step, durable",
                     target: "at most 20 MiB; no growth (5 %) between a tenth of the tasks and all"

      def sides
        @marks = [1, scaled(10_000), scaled(100_000)]
        @marks.map.with_index { |mark, index| side(index, index.zero? ? "idle, after one task" : "after #{mark} tasks") }
      end

      def verdict(medians)
        idle, early, late = medians.values
        Verdict.at_most([idle, late].max / 20.0, 1, "the larger one / 20 MiB")
               .and(Verdict.at_most(late / early, 1.05, "all / a tenth"))
      end

      def most_rounds = 1

      private

      def side(index, name)
        Side.new("tasker, #{name}", "MiB") { figures.fetch(index) }
      end

      # All three are of one engine.
      def figures
        @figures ||= measure
      end

      def measure
        template = @stage.write("one.yaml", Engine.line(1))
        sizes = []
        EngineFeed.new(@stage, Engine.new(@stage).command(template, workers: 2)).run(@marks) do |pid, mark|
          sleep(0.3) if mark == 1 # until it is idle: there is no event for nothing going on
          sizes << @stage.memory_mib(pid)
        end
        sizes
      end
    end
  end
end
