# frozen_string_literal: true

require_relative "number"
require_relative "svg"

module Bench
  # Bars on a logarithmic scale: what differs by a thousand fits on one page. Pure.
  class BarChart
    WIDTH = 720
    LEFT = 270
    RIGHT = 110
    ROW = 24

    # `bars` are pairs of a name and a number above zero.
    def initialize(title, bars)
      @title = title
      @bars = bars
    end

    def to_s
      svg = Svg.new(WIDTH, (@bars.length * ROW) + 50)
      svg.text(10, 20, @title, size: 14)
      @bars.each_with_index { |(name, value), index| draw(svg, name, value, 36 + (index * ROW)) }
      svg.text(LEFT, (@bars.length * ROW) + 44, "logarithmic: each tenfold is #{tenfold.round} pixels", size: 10)
      svg.to_s
    end

    private

    def draw(svg, name, value, top)
      width = Math.log10(value / base) * tenfold
      svg.text(LEFT - 8, top + 13, name, anchor: "end")
      svg.bar(LEFT, top, width, ROW - 8, colour: Svg::COLOURS[name.start_with?("tasker") ? 1 : 0])
      svg.text(LEFT + width + 6, top + 13, Number.text(value))
    end

    # A power of ten below the smallest.
    def base
      10.0**(Math.log10(@bars.map(&:last).min).floor - (whole_power? ? 1 : 0))
    end

    def whole_power?
      smallest = Math.log10(@bars.map(&:last).min)
      smallest == smallest.floor
    end

    def tenfold
      (WIDTH - LEFT - RIGHT) / Math.log10(@bars.map(&:last).max / base)
    end
  end

  # Curves over a logarithmic x axis; y begins at zero. Pure.
  class LineChart
    WIDTH = 360
    HEIGHT = 250
    LEFT = 55
    BOTTOM = 45
    TOP = 45
    RIGHT = 20

    # `curves` are names with their points, pairs of x and y, x above zero.
    def initialize(title, x_label, curves)
      @title = title
      @x_label = x_label
      @curves = curves
      @xs = curves.values.flatten(1).map(&:first).uniq.sort
      @highest = curves.values.flatten(1).map(&:last).max * 1.1
    end

    def to_s
      svg = Svg.new(WIDTH, HEIGHT + (@curves.length * 16))
      svg.text(10, 20, @title, size: 13)
      axes(svg)
      @curves.each_with_index { |(name, points), index| curve(svg, name, points, index) }
      svg.to_s
    end

    private

    def axes(svg)
      @xs.each { |x| svg.text(place(x, 0)[0], HEIGHT - BOTTOM + 16, Number.text(x), anchor: "middle", size: 10) }
      svg.text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 32, @x_label, anchor: "middle", size: 11)
      grid(svg)
    end

    def grid(svg)
      5.times do |step|
        y = @highest * step / 4.0
        svg.line(place(@xs.first, y), place(@xs.last, y))
        svg.text(LEFT - 6, place(@xs.first, y)[1] + 4, Number.text(y), anchor: "end", size: 10)
      end
    end

    def curve(svg, name, points, index)
      colour = Svg::COLOURS[index % Svg::COLOURS.length]
      svg.path(points.map { |x, y| place(x, y) }, colour: colour)
      top = HEIGHT + (index * 16)
      svg.bar(LEFT, top - 3, 14, 3, colour: colour)
      svg.text(LEFT + 20, top + 2, name, size: 11)
    end

    def place(horizontal, vertical)
      span = Math.log(@xs.last) - Math.log(@xs.first)
      share = span.zero? ? 0.5 : (Math.log(horizontal) - Math.log(@xs.first)) / span
      [LEFT + (share * (WIDTH - LEFT - RIGHT)),
       HEIGHT - BOTTOM - (vertical / (@highest.zero? ? 1 : @highest) * (HEIGHT - BOTTOM - TOP))]
    end
  end
end
