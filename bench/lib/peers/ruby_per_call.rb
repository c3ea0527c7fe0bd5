# frozen_string_literal: true

require_relative "../side"

module Bench
  module Peers
    # A `ruby` for each call, one after another, as scripts and cron do it.
    class RubyPerCall
      def initialize(stage, calls:)
        @stage = stage
        @calls = calls
      end

      def side
        Side.new("ruby started per call", "calls/s", lacks: "store, graph, deadlines, retries; isolated as nothing else is") do
          @calls / Array.new(@calls) { @stage.time("ruby", "-rjson", "-e", 'puts JSON.generate({"ok" => true})') }.sum
        end
      end
    end
  end
end
