# frozen_string_literal: true

require_relative "side"

module Bench
  # One line of the table: some work, the sides that do it, and the target. Subclasses say `id`, `work` and `target`,
  # make their sides, and judge the medians.
  class Row
    class << self
      attr_reader :id, :work, :target

      def describe(id, work:, target:)
        @id = id
        @work = work
        @target = target
      end
    end

    # `stage` gives folders and processes; `quick` asks for a tenth of the work.
    def initialize(stage, quick: false)
      @stage = stage
      @quick = quick
    end

    def id = self.class.id
    def work = self.class.work
    def target = self.class.target

    # Ours first.
    def sides
      raise NotImplementedError
    end

    # `medians` by the names of the sides.
    def verdict(_medians)
      raise NotImplementedError
    end

    # A row whose one run is long says so.
    def most_rounds = nil

    private

    def scaled(count)
      @quick ? [count / 10, 1].max : count
    end
  end
end
