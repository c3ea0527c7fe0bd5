# frozen_string_literal: true

require "json"

module Bench
  # The engine's instructions per step, held against a kept figure. Instructions, not time: they are nearly the same on a
  # busy machine. Pure, but for the file.
  class Instructions
    TOLERANCE = 0.05

    attr_reader :kept

    def self.read(path)
      facts = JSON.parse(File.read(path))
      new(facts.fetch("instructions_per_step"), facts.fetch("tolerance", TOLERANCE))
    end

    # What `valgrind --tool=callgrind` says at its end.
    def self.collected(text)
      text[/Collected : (\d+)/, 1]&.to_i
    end

    # Two runs that differ in their steps only: what they have in common falls out.
    def self.per_step(small, large, steps_between)
      (large - small) / steps_between.to_f
    end

    def initialize(kept, tolerance = TOLERANCE)
      @kept = kept
      @tolerance = tolerance
    end

    def change(now)
      (now / @kept.to_f) - 1
    end

    # Fewer is no failure, but wants to be kept.
    def judge(now)
      return :worse if change(now) > @tolerance

      change(now) < -@tolerance ? :better : :same
    end

    def sentence(now)
      said = format("%<now>.0f instructions per step, kept: %<kept>.0f (%<change>+.1f %%, tolerance %<tolerance>.0f %%)",
                    now: now, kept: @kept, change: change(now) * 100, tolerance: @tolerance * 100)
      case judge(now)
      when :worse then "#{said}\nthe engine does more for a step than before: find out why, or keep it with bench/instructions --keep"
      when :better then "#{said}\nless than before: keep it with bench/instructions --keep"
      else said
      end
    end
  end
end
