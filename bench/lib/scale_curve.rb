# frozen_string_literal: true

require_relative "number"

module Bench
  # What something costs as it grows: points of a size, microseconds per unit, and MiB (or bytes per unit). Pure.
  class ScaleCurve
    Point = Struct.new(:units, :microseconds, :memory, keyword_init: true)

    attr_reader :id, :title, :unit, :memory_unit, :points

    # `unit` is what one more of costs: "step", "task".
    def initialize(id, title, unit:, points:, memory_unit: "MiB")
      @id = id
      @title = title
      @unit = unit
      @memory_unit = memory_unit
      @points = points
    end

    def to_h
      { id: @id, title: @title, unit: @unit, memory_unit: @memory_unit, points: @points.map(&:to_h) }
    end

    def self.from_h(hash)
      points = hash.fetch("points").map { |point| Point.new(**point.transform_keys(&:to_sym)) }
      new(hash.fetch("id"), hash.fetch("title"), unit: hash.fetch("unit"), memory_unit: hash.fetch("memory_unit"), points: points)
    end

    def times
      @points.map { |point| [point.units, point.microseconds] }
    end

    def memories
      @points.map { |point| [point.units, point.memory] }
    end

    # How much dearer the last unit is than those of the second point: the first one carries the start.
    def growth
      yardstick = @points.length > 2 ? @points[1] : @points[0]
      @points.last.microseconds / yardstick.microseconds
    end

    def markdown
      sizes = @points.map { |point| Number.text(point.units) }
      ["| #{@title} | #{sizes.join(" | ")} |", "|---#{"|---" * sizes.length}|",
       "| us per #{@unit} | #{@points.map { |point| Number.text(point.microseconds) }.join(" | ")} |",
       "| #{@memory_unit} | #{@points.map { |point| Number.text(point.memory) }.join(" | ")} |"].join("\n")
    end
  end
end
