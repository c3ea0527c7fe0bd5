# frozen_string_literal: true

require_relative "../side"

module Bench
  module Peers
    # The `parallel` gem: forked processes, Marshal over pipes, in lock step.
    class ParallelGem
      def initialize(stage, calls:, processes: 2, busy: false)
        @stage = stage
        @arguments = [calls.to_s, processes.to_s, busy ? "busy" : "noop"]
        @processes = processes
      end

      def side
        Side.new("parallel gem, #{@processes} process#{"es" if @processes > 1}", "calls/s",
                 lacks: "store, graph, deadlines, retries; a crash ends the whole run") do
          @stage.figures("ruby", @stage.file("peers", "parallel_calls.rb"), *@arguments)["calls_per_second"]
        end
      end
    end
  end
end
