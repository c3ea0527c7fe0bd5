# frozen_string_literal: true

require "json"
require_relative "../row"

module Bench
  module Rows
    class Scale < Row
      describe "P5", work: "one task with a fan-out of 100 to 100,000 steps: the engine's CPU time per step, C++ handlers",
                     target: "flat within 1.3 times; at most 600 B of memory per waiting step"

      def sides
        most = @quick ? 10_000 : 100_000
        [Side.new("#{most} steps", "us/step") { measure(most)["us_per_step"] },
         Side.new("1000 steps", "us/step", lacks: "it is the yardstick") { measure(1_000)["us_per_step"] },
         Side.new("memory while #{most} steps wait", "B/step") { @bytes.fetch(most) }]
      end

      def verdict(medians)
        most, yardstick, bytes = medians.values
        Verdict.at_most(most / yardstick, 1.3, "the largest task's cost per step / that of 1,000 steps")
               .and(Verdict.at_most(bytes / 600.0, 1, "memory per step / 600 B"))
      end

      private

      def measure(steps)
        out = File.join(@stage.fresh_folder, "out")
        @stage.time(@stage.program("dag_bench"), "--json", store, steps.to_s, out: out)
        fan_out = JSON.parse(File.readlines(out).first)
        (@bytes ||= {})[steps] = fan_out["bytes_per_step"]
        fan_out
      end

      def store
        "sqlite:#{File.join(@stage.fresh_folder, "tasker.db")}"
      end
    end
  end
end
