# frozen_string_literal: true

module Bench
  # One party of a row: ours, a peer, or a limit. `lacks` says plainly what it does not do. The block measures once.
  class Side
    attr_reader :name, :unit, :lacks

    def initialize(name, unit, lacks: nil, &measure)
      @name = name
      @unit = unit
      @lacks = lacks
      @measure = measure
    end

    def measure
      Float(@measure.call)
    end
  end

  # What a row's medians say of its target: `ratio` is held against `limit`, and `explanation` says what divides what.
  # A row without a target has a ratio of nil.
  Verdict = Struct.new(:ratio, :limit, :met, :explanation, keyword_init: true) do
    def self.at_least(ratio, limit, explanation)
      new(ratio: ratio, limit: "at least #{limit}", met: ratio >= limit, explanation: explanation)
    end

    def self.at_most(ratio, limit, explanation)
      new(ratio: ratio, limit: "at most #{limit}", met: ratio <= limit, explanation: explanation)
    end

    # Both must hold; the ratio is the first one's.
    def and(other)
      self.class.new(ratio: ratio, limit: "#{limit}; #{other.limit}", met: met && other.met,
                     explanation: "#{explanation}; #{other.explanation}: #{format("%.3g", other.ratio)}")
    end

    def to_s
      return "no target" unless ratio

      met ? "met" : "not met"
    end
  end
end
