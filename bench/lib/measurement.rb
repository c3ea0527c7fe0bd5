# frozen_string_literal: true

require_relative "statistics"

module Bench
  # Measures a row: every side once per round, in turn, so that whatever else the machine does meets all of them.
  class Measurement
    Figure = Struct.new(:side, :unit, :lacks, :median, :spread, :rounds, keyword_init: true)
    Result = Struct.new(:row, :work, :target, :figures, :verdict, :problem, keyword_init: true)

    def initialize(row, rounds, progress: ->(_text) {})
      @row = row
      @rounds = [rounds, row.most_rounds].compact.min
      @progress = progress
    end

    # A row that can't be measured says why and leaves the others alone.
    def run
      figures = figures_of(@row.sides)
      medians = figures.to_h { |figure| [figure.side, figure.median] }
      result(figures: figures, verdict: @row.verdict(medians))
    rescue Failure => e
      result(figures: [], verdict: nil, problem: e.message)
    end

    private

    def figures_of(sides)
      values = Hash.new { |hash, side| hash[side] = [] }
      @rounds.times do |round|
        sides.each do |side|
          @progress.call("#{@row.id} #{side.name} #{round + 1}/#{@rounds}")
          values[side] << side.measure
        end
      end
      values.map { |side, rounds| figure(side, rounds) }
    end

    def figure(side, rounds)
      Figure.new(side: side.name, unit: side.unit, lacks: side.lacks, rounds: rounds,
                 median: Statistics.median(rounds), spread: Statistics.spread(rounds))
    end

    def result(**facts)
      Result.new(row: @row.id, work: @row.work, target: @row.target, **facts)
    end
  end

  # Something a figure needs did not work; the message says what, and the way out.
  class Failure < StandardError
  end
end
