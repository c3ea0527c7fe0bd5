# frozen_string_literal: true

require "fileutils"
require_relative "charts"
require_relative "measurement"

module Bench
  # docs/performance.md: its prose stays, what stands between two marks is written anew, with the pictures beside it.
  class Document
    ROOT = File.expand_path("../..", __dir__)

    def self.performance
      new(File.join(ROOT, "docs/performance.md"), File.join(ROOT, "docs/performance"))
    end

    def initialize(path, pictures)
      @path = path
      @pictures = pictures
    end

    # The text with `inner` between the marks of that name.
    def self.replaced(text, name, inner)
      begins = "<!-- #{name}: written by a program -->\n"
      ends = "<!-- end of #{name} -->\n"
      before, rest = text.split(begins, 2)
      _, after = rest&.split(ends, 2)
      after or raise Failure, "the document has no place for #{name} (#{begins.strip} to #{ends.strip})"
      before + begins + inner + ends + after
    end

    def write_results(report)
      write("results", report.markdown)
      bars = report.field_bars
      picture("field.svg", BarChart.new("Calls or steps a second, doing nothing", bars)) unless bars.empty?
    end

    # A table and two pictures for each curve.
    def write_scale(curves, machine)
      date, cores, cpu, load = machine.values_at("date", "cores", "cpu", "load")
      write("scale", "#{date}, #{cores} cores (#{cpu}), load #{load} at the start\n\n" + curves.map { |curve| scale_of(curve) }.join("\n"))
    end

    def write(name, inner)
      File.write(@path, self.class.replaced(File.read(@path), name, inner))
    end

    def scale_of(curve)
      names = %w[time memory].map { |what| "scale-#{curve.id}-#{what}.svg" }
      picture(names[0], LineChart.new("us per #{curve.unit}", curve.title, { "us per #{curve.unit}" => curve.times }))
      picture(names[1], LineChart.new("memory, #{curve.memory_unit}", curve.title, { curve.memory_unit => curve.memories }))
      "#{curve.markdown}\n\n#{names.map { |name| "![#{curve.title}](performance/#{name})" }.join(" ")}\n"
    end

    def picture(name, chart)
      FileUtils.mkdir_p(@pictures)
      File.write(File.join(@pictures, name), chart.to_s)
    end
  end
end
