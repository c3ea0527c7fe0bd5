# frozen_string_literal: true

module TaskerCore
  # What is to happen around the fork of a worker with `--preload`; see TaskerCore.before_fork and TaskerCore.after_fork.
  # Without it nothing is forked, and none of these blocks runs.
  module ForkHooks
    @before = []
    @after = []

    class << self
      # The blocks in the order they were given.
      attr_reader :before, :after

      # Calls them all, in that order.
      def run(blocks)
        blocks.each(&:call)
      end
    end
  end
end
