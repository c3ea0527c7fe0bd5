# frozen_string_literal: true

require_relative "../side"

module Bench
  module Peers
    # Two processes, a pipe each way, lines of JSON, and nobody who looks after anything: the limit of every bridge.
    class BarePipe
      def initialize(stage, calls:, in_flight:, bytes: 200)
        @stage = stage
        @arguments = [calls, in_flight, bytes].map(&:to_s)
        @in_flight = in_flight
      end

      def side
        name = @in_flight == 1 ? "bare pipe, lock step" : "bare pipe, #{@in_flight} in flight"
        Side.new(name, "calls/s", lacks: "supervision, deadlines, retries, graph, store") { measure }
      end

      private

      def measure
        @stage.figures(@stage.program("pipe_bench"), @stage.file("peers", "echo.rb"), *@arguments)["calls_per_second"]
      end
    end
  end
end
