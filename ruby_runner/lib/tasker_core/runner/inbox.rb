# frozen_string_literal: true

module TaskerCore
  module Runner
    # Bytes in, lines out, in the order of the wire. A line over the cap is dropped as it arrives and leaves OVERSIZED
    # in its place. Touched by the main thread only, its signal handlers included (see Attention).
    class Inbox
      OVERSIZED = :oversized

      attr_reader :entries, :partial
      attr_accessor :max_line_bytes

      # @param max_line_bytes [Integer] a longer line is dropped
      def initialize(max_line_bytes)
        @max_line_bytes = max_line_bytes
        @entries = []
        @partial = String.new(encoding: Encoding::BINARY)
        @skipping = false
      end

      # Takes bytes as they come.
      def <<(chunk)
        pieces = chunk.split("\n", -1)
        rest = pieces.pop
        pieces.each { |piece| finish(piece) }
        keep(rest) unless rest.nil? || rest.empty?
        self
      end

      # The oldest entry; nil when there is none yet.
      def shift
        @entries.shift
      end

      private

      def finish(piece)
        if @partial.empty? && !@skipping && piece.bytesize <= @max_line_bytes
          @entries << piece unless blank?(piece) # most lines arrive whole: nothing to put together
          return
        end

        keep(piece)
        line = @skipping ? OVERSIZED : @partial
        @entries << line unless blank?(line)
        @skipping = false
        @partial = String.new(encoding: Encoding::BINARY)
      end

      def keep(piece)
        return if @skipping

        @partial << piece
        return if @partial.bytesize <= @max_line_bytes

        @skipping = true
        @partial = String.new(encoding: Encoding::BINARY)
      end

      def blank?(line)
        line != OVERSIZED && !line.start_with?("{") && line.match?(/\A[ \t\r]*\z/)
      end
    end
  end
end
