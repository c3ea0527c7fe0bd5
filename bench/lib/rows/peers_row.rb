# frozen_string_literal: true

require_relative "../engine"
require_relative "../peers/bare_pipe"
require_relative "../peers/drb"
require_relative "../peers/embedded"
require_relative "../peers/ninja"
require_relative "../peers/parallel_gem"
require_relative "../peers/ruby_per_call"
require_relative "../peers/sidekiq"
require_relative "../row"

module Bench
  module Rows
    # Everybody side by side.
    class PeersRow < Row
      describe "peers", work: "a call or a step that does nothing, by every means there is", target: "none; it shows the field"

      def sides
        [Side.new("tasker, durable diamonds, 2 workers", "steps/s") { diamonds(nil) },
         Side.new("tasker, diamonds in memory, 2 workers", "steps/s", lacks: "durability (--store memory:)") { diamonds("memory:") },
         *calls, *graphs]
      end

      def verdict(medians)
        ninja = medians.fetch("ninja -j2, a ruby per step")
        Verdict.new(ratio: nil, limit: nil, met: nil,
                    explanation: "our durable diamonds / ninja's: #{format("%.3g", medians.values.first / ninja)}")
      end

      private

      def calls
        [Peers::BarePipe.new(@stage, calls: scaled(60_000), in_flight: 8),
         Peers::BarePipe.new(@stage, calls: scaled(30_000), in_flight: 1),
         Peers::Embedded.new(@stage, calls: scaled(500_000)),
         Peers::ParallelGem.new(@stage, calls: scaled(50_000)),
         Peers::Drb.new(@stage, calls: scaled(10_000)),
         Peers::RubyPerCall.new(@stage, calls: @quick ? 3 : 20)].map(&:side)
      end

      def graphs
        [Peers::Sidekiq.new(@stage, jobs: scaled(30_000)).side, Peers::Ninja.new(@stage, diamonds: @quick ? 2 : 15).side]
      end

      def diamonds(store)
        template = @stage.write("diamond.yaml", Engine::DIAMOND)
        tasks = scaled(10_000)
        4 * tasks / Engine.new(@stage).bulk(template, tasks, workers: 2, store: store)
      end
    end
  end
end
