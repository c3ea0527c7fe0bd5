# frozen_string_literal: true

require_relative "../side"

module Bench
  module Peers
    # DRb of Ruby's standard library: one server process, one client, Marshal over TCP on loopback.
    class Drb
      def initialize(stage, calls:)
        @stage = stage
        @calls = calls
      end

      def side
        Side.new("DRb, one server", "calls/s", lacks: "supervision, deadlines, retries, graph, store; one call at a time") { measure }
      end

      private

      def measure
        port = @stage.free_port.to_s
        script = @stage.file("peers", "drb_calls.rb")
        server = @stage.start("ruby", script, "server", port)
        @stage.figures("ruby", script, "client", port, @calls.to_s)["calls_per_second"]
      ensure
        @stage.stop(server) if server
      end
    end
  end
end
