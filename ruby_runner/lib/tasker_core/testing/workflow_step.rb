# frozen_string_literal: true

require "tasker_core"

module TaskerCore
  module Testing
    # One step of a workflow that runs in a test: what it is now, and how it came to be so.
    class WorkflowStep
      # One try: number, outcome ("complete", "handler_error", "timeout", "yielded", ...), error, virtual seconds.
      Attempt = Struct.new(:number, :outcome, :error, :started_at, :finished_at, keyword_init: true)

      attr_reader :name, :template, :index, :inputs, :batch, :history, :children
      attr_accessor :parents, :state, :attempts, :results, :output, :metadata, :error, :checkpoint, :unmet, :open, :running, :deaths,
                    :started_at, :finished_at

      # @param batch [Hash, nil] the batch_config of a worker
      def initialize(name, template, index, inputs, batch)
        @name = name
        @template = template
        @index = index
        @parents = []
        @inputs = inputs
        @batch = batch
        @children = []
        @history = []
        @state = "pending"
        @attempts = 0
        @metadata = {}
        @open = true
        @running = false
        @deaths = 0
      end

      # True when it is complete.
      def complete?
        state == "complete"
      end

      # Did its handler ever run?
      def ran?
        history.any?
      end

      # All steps before it, farthest first, in the order of creation.
      def ancestors
        found = {}
        visit = ->(step) { step.parents.each { |parent| (found[parent] = true) && visit.call(parent) unless found[parent] } }
        visit.call(self)
        found.keys.sort_by(&:index)
      end

      # A dependant may go on: complete, or a failed batch worker that the batch was told to do without.
      def satisfies?
        complete? || (state == "error" && isolated?)
      end

      # True for a worker whose failure does not hold up what comes after it.
      def isolated?
        !batch.nil? && batch["failure_strategy"] == "isolate"
      end

      # Its name, state and attempts.
      def inspect
        "#<#{self.class} #{name} #{state} attempts=#{attempts}>"
      end
    end
  end
end
