# frozen_string_literal: true

require "json"
require_relative "engine"
require_relative "engine_feed"
require_relative "scale_curve"
require_relative "stage"

module Bench
  # Takes the curves of bench/scale.
  class ScaleRun
    CURVES = %w[graph steps tasks workers contexts].freeze

    # `most` caps the sizes, for a quick look.
    def initialize(stage, most: 100_000)
      @stage = stage
      @most = most
      @engine = Engine.new(stage)
    end

    def curve(id)
      public_send(id)
    end

    # The engine alone.
    def graph
      points = sizes(100, 1_000, 10_000, 100_000).map do |size|
        facts = dag(size)
        point(size, facts["us_per_step"], facts["bytes_per_step"])
      end
      ScaleCurve.new("graph", "steps of a fan-out, C++ handlers (CPU time)", unit: "step", memory_unit: "B per step", points: points)
    end

    # The same with Ruby and a disk.
    def steps
      points = sizes(100, 1_000, 10_000, 100_000).map do |size|
        template = @stage.write("fan_out.yaml", fan_out(size))
        seconds, memory = @stage.time_and_memory(*@engine.command(template, workers: 2), "-o", "json", "--quiet")
        point(size, seconds * 1e6 / size, memory)
      end
      ScaleCurve.new("steps", "steps of one task, Ruby, durable", unit: "step", points: points)
    end

    # One engine, fed through a pipe that does not end before it has to.
    def tasks
      template = @stage.write("one.yaml", Engine.line(1))
      marks = [1, *sizes(1_000, 3_000, 10_000, 30_000, 100_000)]
      seen = []
      EngineFeed.new(@stage, @engine.command(template, workers: 2)).run(marks) do |pid, mark|
        seen << [mark, @stage.now, @stage.memory_mib(pid)]
      end
      points = seen.each_cons(2).map { |(before, from, _), (mark, at, memory)| point(mark, (at - from) * 1e6 / (mark - before), memory) }
      ScaleCurve.new("tasks", "tasks from an open pipe (--inputs -), one engine", unit: "task", points: points)
    end

    def workers
      template = @stage.write("one.yaml", Engine.line(1))
      tasks = [@most, 10_000].min
      inputs = @stage.write("inputs.jsonl", "{\"n\":1}\n" * tasks)
      points = [1, 2, 8, 64].map do |workers|
        seconds, memory = @stage.time_and_memory(*@engine.command(template, workers: workers), "--inputs", inputs, "-o", "jsonl", "--quiet")
        point(workers, seconds * 1e6 / tasks, memory)
      end
      ScaleCurve.new("workers", "workers, their boots included; memory of the engine", unit: "task", points: points)
    end

    # Memory must follow from what is under way (64 tasks), not from what waits in the pipe.
    def contexts
      template = @stage.write("one.yaml", Engine.line(1))
      points = { 1_000 => 20_000, 10_000 => 10_000, 100_000 => 2_000, 1_000_000 => 500 }.map do |bytes, tasks|
        tasks = [tasks, [@most / 100, 10].max].min
        first, all = feed(template, %({"text":"#{"x" * (bytes - 11)}"}), tasks)
        point(bytes, (all[:at] - first[:at]) * 1e6 / (tasks - (tasks / 2)), all[:memory])
      end
      ScaleCurve.new("contexts", "bytes of each task's context, 64 tasks at once from a pipe", unit: "task", points: points)
    end

    private

    def sizes(*all)
      all.select { |size| size <= @most }
    end

    def point(units, microseconds, memory)
      ScaleCurve::Point.new(units: units, microseconds: microseconds, memory: memory)
    end

    def feed(template, input, tasks)
      seen = []
      EngineFeed.new(@stage, @engine.command(template, workers: 2), input: input).run([tasks / 2, tasks]) do |pid, _|
        seen << { at: @stage.now, memory: @stage.memory_mib(pid, "VmHWM") }
      end
      seen
    end

    def dag(size)
      out = File.join(@stage.fresh_folder, "out")
      @stage.time(@stage.program("dag_bench"), "--json", "sqlite:#{File.join(@stage.fresh_folder, "tasker.db")}", size.to_s, out: out)
      JSON.parse(File.readlines(out).first)
    end

    def fan_out(size)
      steps = Array.new(size - 1) { |number| "  - {name: s#{number}, handler: {callable: Noop}, dependencies: [root]}\n" }
      "name: fan_out\nsteps:\n  - {name: root, handler: {callable: Noop}}\n#{steps.join}"
    end
  end
end
