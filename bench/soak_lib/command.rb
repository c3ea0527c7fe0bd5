# frozen_string_literal: true

require "json"
require "optparse"
require "time"
require "tmpdir"
require_relative "checker"
require_relative "engine_run"
require_relative "plan"
require_relative "recovery"
require_relative "report"
require_relative "tormentor"

module Soak
  # The command line: makes a run's folder, runs the engine in it, checks, reports.
  class Command
    DEFAULTS = { seed: 1, steps: 10_000, workers: 4, engine_kills: 0, output: "text", keep: nil,
                 tasker: File.expand_path("../../bin/tasker", __dir__) }.freeze

    def initialize(arguments)
      @options = DEFAULTS.dup
      parser.parse!(arguments)
    end

    def run
      folder = @options[:keep] || Dir.mktmpdir("tasker-soak-")
      report = soak(folder)
      puts @options[:output] == "json" ? JSON.generate(report.to_h) : report.text
      report.good? ? 0 : 1
    ensure
      FileUtils.remove_entry(folder) if folder && !@options[:keep]
    end

    private

    def parser
      OptionParser.new do |flags|
        flags.banner = "usage: bench/soak [--seed N] [--steps N] [--workers N] [--engine-kills N] [-o text|json] " \
                       "[--keep FOLDER] [--tasker PATH]"
        flags.on("--seed N", Integer) { |value| @options[:seed] = value }
        flags.on("--steps N", Integer) { |value| @options[:steps] = value }
        flags.on("--workers N", Integer) { |value| @options[:workers] = value }
        flags.on("--engine-kills N", Integer, "kill -9 of the engine, so often; the next one takes over") do |value|
          @options[:engine_kills] = value
        end
        flags.on("-o", "--output FORMAT", %w[text json]) { |value| @options[:output] = value }
        flags.on("--keep FOLDER", "leaves events and effects there") { |value| @options[:keep] = value }
        flags.on("--tasker PATH") { |value| @options[:tasker] = value }
      end
    end

    def soak(folder)
      FileUtils.mkdir_p(folder)
      plan = Plan.new(@options[:seed], @options[:steps])
      tormentor = Tormentor.new(plan.seed)
      run = EngineRun.new(plan, folder, @options, tormentor)
      run.run
      evidence = Checker::Evidence.new(steps: run.steps, events: run.events, effects: run.effects, gone: run.gone)
      Report.new(@options, run, Checker.new(plan, evidence).check, tormentor, Recovery.new(run.events, tormentor.kills))
    end
  end
end
