# frozen_string_literal: true

require "json"
require "optparse"
require_relative "document"
require_relative "machine"
require_relative "measurement"
require_relative "report"
require_relative "rows"
require_relative "stage"

module Bench
  # The command line: measures the rows asked for, one after another, and prints what came out.
  class Command
    DEFAULTS = { rounds: 5, quick: false, output: "text", write_docs: false, from: nil }.freeze
    # Whatever is asked of the rounds: about as many minutes are spent at most on the whole.
    QUICK_ROUNDS = 1

    def initialize(arguments, out: $stdout, err: $stderr)
      @out = out
      @err = err
      @options = DEFAULTS.dup
      @rows = Rows.chosen(parser.parse(arguments))
    end

    # Exit code 1 when a row could not be measured. A target that was missed is a figure, not a failure.
    def run
      report = @options[:from] ? Report.from_h(JSON.parse(File.read(@options[:from]))) : Report.new([], facts)
      say(report.text)
      measure(report) unless @options[:from]
      @out.puts(JSON.pretty_generate(report.to_h)) if json?
      Document.performance.write_results(report) if @options[:write_docs]
      report.to_h[:rows].any? { |row| row[:problem] } ? 1 : 0
    end

    private

    def parser
      OptionParser.new do |flags|
        flags.banner = "Measures tasker beside its peers and limits, in turn, and prints medians and ratios.\n\n" \
                       "usage: bin/bench [#{Rows::IDS.join("|")} ...] [flags]"
        flags.on("--rounds N", Integer, "rounds of each row (default #{DEFAULTS[:rounds]})") { |value| @options[:rounds] = positive(value) }
        flags.on("--quick", "a tenth of the work, one round: does it run?") { @options.update(quick: true, rounds: QUICK_ROUNDS) }
        flags.on("-o", "--output FORMAT", %w[text json], "text or json") { |value| @options[:output] = value }
        flags.on("--write-docs", "puts table and plot into docs/performance.md") { @options[:write_docs] = true }
        flags.on("--from FILE", "takes the figures of an earlier -o json instead of measuring") { |value| @options[:from] = value }
        flags.separator("\nRows\n#{Rows.help}")
      end
    end

    def positive(value)
      value.positive? ? value : raise(OptionParser::InvalidArgument, "#{value}: at least one round")
    end

    def facts
      Machine.facts.merge("quick" => @options[:quick])
    end

    def json?
      @options[:output] == "json"
    end

    # To people each row is shown as soon as it is there.
    def say(text)
      return if json? || text.empty?

      @out.puts(text)
      @out.flush
    end

    def measure(report)
      @rows.each do |row|
        result = on_stage { |stage| result_of(row.new(stage, quick: @options[:quick])) }
        report.add(result)
        progress("")
        say(report.row_text(result))
      end
      say(report.summary)
    end

    def result_of(row)
      Measurement.new(row, @options[:rounds], progress: method(:progress)).run
    end

    def on_stage
      stage = Stage.new
      yield stage
    ensure
      stage&.close
    end

    def progress(text)
      return unless @err.tty?

      @err.print("\r\e[K#{text}")
    end
  end
end
