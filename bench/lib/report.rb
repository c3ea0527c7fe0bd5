# frozen_string_literal: true

require "json"
require_relative "measurement"
require_relative "number"
require_relative "side"

module Bench
  # What was measured, for people and for programs. Pure.
  class Report
    def initialize(results, machine)
      @results = results
      @machine = machine
    end

    def add(result)
      @results << result
    end

    def to_h
      { machine: @machine, rows: @results.map { |result| row_hash(result) } }
    end

    def self.from_h(hash)
      rows = hash.fetch("rows").map { |row| result_of(row) }
      new(rows, hash.fetch("machine"))
    end

    def text
      [machine_line, *@results.map { |result| row_text(result) }, *(summary unless @results.empty?)].join("\n")
    end

    def machine_line
      "#{@machine.fetch("date")}, #{@machine.fetch("cores")} cores (#{@machine.fetch("cpu")}), #{@machine.fetch("ruby")}, " \
        "load #{@machine.fetch("load")} at the start#{", a tenth of the work in one round (--quick)" if @machine["quick"]}"
    end

    def row_text(result)
      head = "\n#{result.row}  #{result.work}\n    target: #{result.target}\n"
      return "#{head}    not measured: #{result.problem}" if result.problem

      "#{head}#{result.figures.map { |figure| figure_text(figure) }.join}    #{verdict_text(result.verdict)}"
    end

    def summary
      judged = targets
      met = judged.count { |result| result.verdict&.met }
      judged.empty? ? "" : "\n#{met} of #{judged.length} targets met"
    end

    # The tables of docs/performance.md.
    def markdown
      [machine_line, "", "| row | work | ours | against | ratio | target | |", "|---|---|---|---|---|---|---|",
       *targets.map { |result| markdown_row(result) }, "", *field].join("\n") << "\n"
    end

    # The rows that have a target and were measured.
    def targets
      @results.reject { |result| result.verdict && result.verdict.ratio.nil? }
    end

    # The rows that have none: everybody side by side, the quickest first.
    def field_bars
      field_figures.map { |figure| [figure.side, figure.median] }.sort_by { |_, value| -value }
    end

    private

    def row_hash(result)
      verdict = result.verdict
      { row: result.row, work: result.work, target: result.target, problem: result.problem,
        ratio: verdict&.ratio, limit: verdict&.limit, met: verdict&.met, explanation: verdict&.explanation,
        figures: result.figures.map(&:to_h) }
    end

    class << self
      private

      def result_of(row)
        figures = row.fetch("figures").map { |figure| Measurement::Figure.new(**figure.transform_keys(&:to_sym)) }
        verdict = Verdict.new(ratio: row["ratio"], limit: row["limit"], met: row["met"], explanation: row["explanation"])
        Measurement::Result.new(row: row["row"], work: row["work"], target: row["target"], figures: figures,
                                problem: row["problem"], verdict: row["problem"] ? nil : verdict)
      end
    end

    def figure_text(figure)
      lacks = figure.lacks ? "  (without: #{figure.lacks})" : ""
      format("    %-42<side>s %12<value>s %-8<unit>s +-%<spread>.0f %%%<lacks>s\n",
             side: figure.side, value: Number.text(figure.median), unit: figure.unit, spread: figure.spread * 50, lacks: lacks)
    end

    def verdict_text(verdict)
      return verdict.explanation unless verdict.ratio

      "ratio #{format("%.3g", verdict.ratio)} (#{verdict.limit}): #{verdict}; #{verdict.explanation}"
    end

    def markdown_row(result)
      head = "| #{result.row} | #{result.work}"
      return "#{head} | | | | #{result.target} | not measured: #{result.problem.lines.first.strip} |" if result.problem

      ours, *others = result.figures.map { |figure| "#{Number.text(figure.median)} #{figure.unit} (#{figure.side})" }
      "#{head} | #{ours} | #{others.join("; ")} | #{format("%.3g", result.verdict.ratio)} " \
        "(#{result.verdict.explanation}) | #{result.target} | #{result.verdict} |"
    end

    def field_figures
      (@results - targets).flat_map(&:figures)
    end

    def field
      figures = field_figures
      return [] if figures.empty?

      ["| who | a second | what it does not do |", "|---|---|---|",
       *figures.map { |figure| "| #{figure.side} | #{Number.text(figure.median)} #{figure.unit} | #{figure.lacks || "-"} |" }, ""]
    end
  end
end
