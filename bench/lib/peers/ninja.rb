# frozen_string_literal: true

require_relative "../side"

module Bench
  module Peers
    # ninja, a runner of graphs, with one `ruby` per step: diamonds of four steps.
    class Ninja
      STEP = "ruby -e 'File.write(ARGV[0], \"1\")' $out"

      def initialize(stage, diamonds:)
        @stage = stage
        @diamonds = diamonds
      end

      def side
        Side.new("ninja -j2, a ruby per step", "steps/s",
                 lacks: "results that travel, retries, deadlines, a synced store (it keeps files and their times)") { measure }
      end

      private

      def measure
        folder = @stage.fresh_folder
        File.write(File.join(folder, "build.ninja"), build_file)
        4 * @diamonds / @stage.time("ninja", "-j2", "--quiet", dir: folder)
      end

      def build_file
        "rule step\n  command = #{STEP}\n" + (1..@diamonds).map do |number|
          start, left, right, finish = %w[a b c d].map { |letter| "#{letter}#{number}" }
          "build #{start}: step\nbuild #{left}: step #{start}\nbuild #{right}: step #{start}\nbuild #{finish}: step #{left} #{right}\n"
        end.join
      end
    end
  end
end
