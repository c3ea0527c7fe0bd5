# frozen_string_literal: true

require_relative "../side"

module Bench
  module Peers
    # Ruby in the engine's own process, through its C API.
    class Embedded
      def initialize(stage, calls:)
        @stage = stage
        @calls = calls
      end

      def side
        Side.new("Ruby inside the process (C API)", "calls/s",
                 lacks: "isolation (a crash or an endless loop ends everything), more than one core, store, graph") do
          @stage.figures(@stage.program("embedded_bench"), @calls.to_s)["calls_per_second"]
        end
      end
    end
  end
end
