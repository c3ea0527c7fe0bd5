# frozen_string_literal: true

require "json"
require_relative "../engine"
require_relative "../row"

module Bench
  module Rows
    class Context < Row
      describe "P7", work: "10 steps in a line with a context of 100 kB, one worker, in memory",
                     target: "at most twice the cost of a 1 kB context, beyond Ruby's first parse"
      STEPS = 10

      def sides
        @engine = Engine.new(@stage)
        @template = @stage.write("ten.yaml", Engine.line(STEPS))
        [side("100 kB", 100_000, scaled(500)), side("1 kB", 1_000, scaled(2_000)),
         Side.new("one JSON.parse of 100 kB in Ruby", "ms/task", lacks: "everything else") { parse }]
      end

      def verdict(medians)
        large, small, parse = medians.values
        Verdict.at_most((large - parse) / small, 2, "(100 kB less one parse) / 1 kB")
      end

      private

      def side(name, bytes, tasks)
        Side.new("tasker, #{name}", "ms/task") do
          @engine.bulk(@template, tasks, workers: 1, context: context(bytes), store: "memory:") / tasks * 1e3
        end
      end

      # Many small values, as an order of many items has.
      def context(bytes)
        item = { id: 4711, name: "a thing of some length", price_cents: 12_345, tags: %w[one two] }
        JSON.generate({ items: [item] * (bytes / (JSON.generate(item).bytesize + 1)) })
      end

      def parse
        text = @stage.write("context.json", context(100_000))
        script = "text = File.read(ARGV[0]); t = Process.clock_gettime(1); 200.times { JSON.parse(text) }; " \
                 "puts JSON.generate({ms: (Process.clock_gettime(1) - t) * 5})"
        @stage.figures("ruby", "--disable-gems", "-rjson", "-e", script, text)["ms"]
      end
    end
  end
end
