# frozen_string_literal: true

require "cgi"

module Bench
  # A picture that grows shape by shape. Lines and text only, readable on light and dark ground.
  class Svg
    INK = "#7a7a7a"
    COLOURS = %w[#1f77b4 #e0701c #2c9c3a #b5358f].freeze

    def initialize(width, height)
      @width = width
      @height = height
      @shapes = []
    end

    def text(left, top, words, anchor: "start", size: 12)
      place = %(x="#{left.round(1)}" y="#{top.round(1)}" text-anchor="#{anchor}")
      @shapes << %(<text #{place} font-size="#{size}" fill="#{INK}">#{CGI.escapeHTML(words)}</text>)
    end

    def line(from, to, colour: INK, width: 0.5)
      ends = %(x1="#{from[0].round(1)}" y1="#{from[1].round(1)}" x2="#{to[0].round(1)}" y2="#{to[1].round(1)}")
      @shapes << %(<line #{ends} stroke="#{colour}" stroke-width="#{width}"/>)
    end

    def bar(left, top, width, height, colour: COLOURS.first)
      @shapes << %(<rect x="#{left.round(1)}" y="#{top.round(1)}" width="#{width.round(1)}" height="#{height}" fill="#{colour}"/>)
    end

    def path(points, colour:)
      coordinates = points.map { |point| point.map { |value| value.round(1) }.join(",") }
      @shapes << %(<polyline points="#{coordinates.join(" ")}" fill="none" stroke="#{colour}" stroke-width="2"/>)
      points.each { |left, top| @shapes << %(<circle cx="#{left.round(1)}" cy="#{top.round(1)}" r="3" fill="#{colour}"/>) }
    end

    def to_s
      %(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 #{@width} #{@height}" width="#{@width}" font-family="sans-serif">\n) +
        "#{@shapes.join("\n")}\n</svg>\n"
    end
  end
end
